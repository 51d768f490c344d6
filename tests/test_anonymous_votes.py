"""Anonymous votes: a real server, real votes, and then every byte it has stored is read.

What the log may say of an anonymous poll is in one event: who voted, and what came out. Nothing
joins the two, neither a name nor an order nor a time. A poll with names is the control: there the
same search finds who voted what. Nor is it joined in what the server tells others: a moderator's
socket, the results, the reports, the metrics, what is exported of a person.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from stagedoor import messages as m
from stagedoor.messages.polls import MyVote, Results
from stagedoor.rules.polls import commands as p
from stagedoor.rules.polls.values import Kind, PollForm, PollState, Showing
from stagedoor.rules.refusals import Code
from tests.rooms.follower import Follower
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client

#: Who voted for which option, and the word that nobody else has.
CHOICES = {"Anna": 0, "Boris": 1, "Chloe": 0, "Dmitri": 1, "Elin": 2, "Farid": 0, "Gesa": 1}
WORDS = {name: f"word{number}of{name.lower()[::-1]}" for number, name in enumerate(CHOICES)}

CHOICE = PollForm(Kind.SINGLE, "Which?", ("Red", "Green", "Blue"), showing=Showing.LIVE)
CLOUD = PollForm(Kind.WORDS, "In a word?", showing=Showing.ON_CLOSE)
NAMED = PollForm(Kind.WORDS, "By name?", anonymous=False)


class Voter:
    """A client that follows the polls and comes back with its session."""

    def __init__(self, client: Client) -> None:
        self.client = client
        assert client.welcome is not None
        self.id = client.welcome.view.you
        self.session = client.welcome.session
        self._seen = Follower(client.welcome.view)
        self._read = len(client.heard)

    @property
    def seen(self) -> Follower:
        """Polls and own votes as of the last message read."""
        for message in self.client.heard[self._read :]:
            if isinstance(message, m.Update):
                self._seen.apply(message)
        self._read = len(self.client.heard)
        return self._seen

    async def do(self, command: Any) -> int:
        return (await self.client.do(command)).number

    async def vote(self, poll: int, **ballot: Any) -> m.Ok | m.Refused:
        answer: m.Ok | m.Refused = await self.client.ask(p.CastVote(poll, **ballot))
        return answer

    async def results(self, poll: int, votes: int) -> Results:
        """The results, once so many votes are in them."""
        while (found := self.seen.polls[poll].results) is None or found.votes < votes:
            await self.client.hear()
        return found


class Hall:
    """A server process on a data folder, and the people who are connected to it."""

    def __init__(self, server: ServerProcess, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.http = http
        self.people: dict[str, Voter] = {}

    async def enter(self, name: str, token: str = "", session: str = "") -> Voter:
        url = self.server.socket_url()
        client = Client(await self.http.ws_connect(url, max_msg_size=0))
        answer = await client.ask(m.Enter(name, token, session))
        assert isinstance(answer, m.Welcome), answer
        self.people[name] = Voter(client)
        return self.people[name]

    async def open(self, *forms: PollForm) -> list[int]:
        """Polls, opened by the moderator."""
        polls = []
        for form in forms:
            polls.append(await self.people["Mo"].do(p.CreatePoll(form)))
            await self.people["Mo"].do(p.OpenPoll(polls[-1]))
        return polls

    async def told(self, polls: list[int], *exported: str) -> dict[str, bytes]:
        """What the server hands out over HTTP: to a moderator, the operator, and anybody.

        ``exported``: people of whom the operator exports all that is kept.
        """
        paths = [f"reports/{name}" for name in ("attendance", "rundown", "stage")]
        paths += [f"polls/{poll}/results" for poll in polls]
        urls = [f"api/rooms/demo/{path}.{kind}" for path in paths for kind in ("csv", "json")]
        keys = dict.fromkeys(urls, self.people["Mo"].session)
        operators = ["api/metrics?viewers=1", "api/stats", "api/rooms", "api/rooms/demo/people"]
        operators += [f"api/rooms/demo/people/{one}" for one in exported]
        public = ["api/rooms/demo", "api/health"]
        keys |= dict.fromkeys(operators + public, self.server.operator_key)
        found = {}
        for url, key in keys.items():
            headers = {"Authorization": f"Bearer {key}"}
            async with self.http.get(f"{self.server.url}/{url}", headers=headers) as answer:
                assert answer.status == 200, url
                found[url] = await answer.read()
        return found

    def stored(self) -> dict[str, bytes]:
        """All files of the server, among them what it has logged for people to read."""
        files = [one for one in self.server.data.rglob("*") if one.is_file()]
        return {one.name: one.read_bytes() for one in files}


@asynccontextmanager
async def hall(data: Path, sessions: Mapping[str, str] | None = None) -> AsyncIterator[Hall]:
    """A server with a moderator and all voters, new or back with their sessions."""
    server = ServerProcess(data, arguments=["--verbose"])
    await asyncio.to_thread(server.start)
    try:
        async with aiohttp.ClientSession() as http:
            place = Hall(server, http)
            await come(place, sessions)
            yield place
    finally:
        await asyncio.to_thread(server.stop)


async def come(place: Hall, sessions: Mapping[str, str] | None = None) -> None:
    """Everybody enters, or comes back."""
    token = place.server.moderator_link().partition("#token=")[2]
    for name in ("Mo", *CHOICES):
        session = sessions[name] if sessions else ""
        await place.enter(name, token if name == "Mo" else "", session)


def sessions_of(place: Hall) -> dict[str, str]:
    return {name: one.session for name, one in place.people.items()}


def events(data: Path) -> list[dict[str, Any]]:
    """The log of the room, read by SQLite itself."""
    with sqlite3.connect(f"file:{data / 'stagedoor.db'}?mode=ro", uri=True) as log:
        rows = log.execute("SELECT event, personal FROM events WHERE room = 'demo' ORDER BY number")
        return [json.loads(text) | json.loads(personal or "{}") for text, personal in rows]


def texts(data: Path, kind: str) -> list[tuple[bytes, bytes]]:
    """Of each event what is kept for good and what is personal, as they are stored."""
    with sqlite3.connect(f"file:{data / 'stagedoor.db'}?mode=ro", uri=True) as log:
        rows = log.execute(
            "SELECT CAST(event AS BLOB), CAST(personal AS BLOB) FROM events WHERE type = ? "
            "ORDER BY number",
            (kind,),
        )
        return rows.fetchall()


def digest(stored: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in stored.items()}


async def prepared(data: Path) -> tuple[list[int], dict[str, str], dict[str, str]]:
    """A data folder with three open polls; their ids, everybody's session and everybody's id."""
    async with hall(data) as place:
        polls = await place.open(CHOICE, CLOUD, NAMED)
        ids = {name: one.id for name, one in place.people.items()}
        return polls, sessions_of(place), ids


async def voted(
    data: Path, order: list[str], polls: list[int], sessions: dict[str, str]
) -> dict[str, bytes]:
    """Everybody votes in this order, the polls are closed, and the server ends; what is left."""
    choice, cloud, named = polls
    async with hall(data, sessions) as place:
        before = digest(place.stored())
        for name in order:
            voter = place.people[name]
            assert isinstance(await voter.vote(choice, choices=(CHOICES[name],)), m.Ok)
            assert isinstance(await voter.vote(cloud, words=(WORDS[name],)), m.Ok)
            assert voter.seen.votes[choice] == MyVote(choice, held=True, choices=(CHOICES[name],))
        mod = place.people["Mo"]
        live = await mod.results(choice, len(order))
        assert live.counts == [3, 3, 1], "counted as they come"
        assert digest(place.stored()) == before, "voting writes nothing at all"
        ids = {name: place.people[name].id for name in order}
        tells_nothing(await place.told(polls[:2], *ids.values()), mod, ids)
        for name in order:
            assert isinstance(await place.people[name].vote(named, words=(WORDS[name],)), m.Ok)
        for poll in polls:
            await mod.do(p.ClosePoll(poll))
        seen = await place.people["Anna"].results(cloud, len(order))
        assert {one.word for one in seen.words} == set(WORDS.values())
        running = place.stored()
        tells_nothing(await place.told(polls[:2]), mod, ids)
        process = place.server.process
    assert process is not None
    assert process.stdout is not None
    after = Hall(place.server, place.http).stored()
    files = {f"{name}, running": content for name, content in running.items()}
    return {**files, **after, "stdout": process.stdout.read()}


async def test_no_byte_links_a_voter_to_an_anonymous_vote(tmp_path: Path) -> None:
    polls, sessions, ids = await prepared(tmp_path / "first")
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    one_way, another = list(CHOICES), [*reversed(CHOICES)]
    another[1], another[4] = another[4], another[1]
    closed: list[list[dict[str, Any]]] = []
    for folder, order in (("first", one_way), ("second", another)):
        data = tmp_path / folder
        stored = await voted(data, order, polls, sessions)
        assert {"stagedoor.db", "stagedoor.db-wal, running", "stderr.txt"} <= set(stored)
        about = [one for one in events(data) if one.get("poll") in polls[:2]]
        assert [one["type"] for one in about] == [
            "poll_opened",
            "poll_opened",
            "poll_closed",
            "poll_closed",
        ]
        closed.append([one for one in about if one["type"] == "poll_closed"])
        search(stored, data, ids)
    for event in (event for run in closed for event in run):
        assert set(event) == {"type", "at", "by", "poll", "voters", "votes", "counts"}
        assert event.pop("at")
        assert event["by"] == ids["Mo"]
        assert event["voters"] == sorted(ids[name] for name in CHOICES)
        assert list(event["counts"]) == sorted(event["counts"])
    assert closed[0] == closed[1], "the order of the votes has left no trace"
    assert closed[0][0]["counts"] == {"0": 3, "1": 3, "2": 1}
    assert set(closed[0][1]["counts"]) == set(WORDS.values())


def tells_nothing(told: Mapping[str, bytes], mod: Voter, ids: Mapping[str, str]) -> None:
    """No result names a person, nothing that names people tells a word, and all are told alike."""
    for url, content in told.items():
        for name in ids:
            if "/polls/" in url:
                assert ids[name].encode() not in content, url
                assert name.encode() not in content, url
            else:
                assert WORDS[name].encode() not in content, url
    for name, poll in (
        (one, int(one.split("/")[4])) for one in told if one.endswith("results.json")
    ):
        assert json.loads(told[name])["id"] == poll
        assert json.loads(told[name])["voters"] is None
    people = json.loads(told["api/rooms/demo/reports/attendance.json"])["rows"]
    assert len({one["votes"] for one in people if one["name"] in ids}) == 1
    for message in mod.client.heard:
        if isinstance(message, m.Update) and message.polls is not None:
            assert (message.people, message.happened, message.my_votes) == ([], [], None)


def search(stored: Mapping[str, bytes], data: Path, ids: Mapping[str, str]) -> None:
    """Find every place of every word: in the tally of the anonymous poll, and in named votes."""
    (tally,) = [text for _, text in texts(data, "poll_closed") if b"word0of" in (text or b"")]
    named = texts(data, "vote_cast")
    assert len(named) == len(CHOICES)
    in_tally = by_name = 0
    for name, content in stored.items():
        in_tally += content.count(tally)
        left = content.replace(tally, b"")
        for event, ballot in named:
            # The control: a vote with a name is found with its voter.
            (voter,) = (who for who, word in WORDS.items() if word.encode() in ballot)
            assert msgspec.json.decode(event)["person"] == ids[voter]
            beside = re.compile(re.escape(event) + b".{48}" + re.escape(ballot), re.DOTALL)
            left, times = beside.subn(b"", left)  # seal and salt between them
            by_name += times
        for word in WORDS.values():
            assert word.encode() not in left, f"{word} is in {name} in yet another place"
        assert b"vote_held" not in left, name
    assert in_tally >= 2, "in the database, and in its write-ahead log before that"
    assert by_name >= 2 * len(CHOICES)


async def test_sigterm_counts_what_is_held_once(tmp_path: Path) -> None:
    """The intermediate event names voters, but not what they voted; nobody votes again."""
    data = tmp_path / "data"
    polls, sessions, ids = await prepared(data)
    choice, cloud, _ = polls
    early = list(CHOICES)[:6]
    async with hall(data, sessions) as place:
        for name in early:
            await place.people[name].vote(choice, choices=(CHOICES[name],))
        await place.people["Anna"].vote(cloud, words=("alone",))
    (counted,) = [one for one in events(data) if one["type"] == "votes_counted"]
    assert counted["voters"] == sorted(ids[name] for name in early)
    assert counted["counts"] == {"0": 3, "1": 2, "2": 1}
    assert b"alone" not in b"".join(place.stored().values()), "one voter's word would be hers"
    async with hall(data, sessions) as place:
        for name in early:
            voter = place.people[name]
            assert voter.seen.votes[choice] == MyVote(choice, counted=True)
            again = await voter.vote(choice, choices=(2,))
            assert isinstance(again, m.Refused)
            assert again.code is Code.WRONG_STATE
        assert cloud not in place.people["Anna"].seen.votes, "so that her page sends it again"
        await place.people["Anna"].vote(cloud, words=("alone",))
        await place.people["Gesa"].vote(choice, choices=(CHOICES["Gesa"],))
        mod = place.people["Mo"]
        for poll in (choice, cloud):
            await mod.do(p.ClosePoll(poll))
        assert (await mod.results(choice, 7)).counts == [3, 3, 1]
        assert (await mod.results(cloud, 1)).votes == 1
        assert mod.seen.polls[choice].state is PollState.CLOSED
    ends = [one for one in events(data) if one["type"] == "poll_closed"]
    assert [one.get("voters", []) for one in ends] == [[], []], "one vote each: not named"


async def test_sigkill_loses_what_is_held_and_sending_it_again_counts_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    polls, sessions, _ = await prepared(data)
    choice = polls[0]
    async with hall(data, sessions) as place:
        for name, chosen in CHOICES.items():
            await place.people[name].vote(choice, choices=(chosen,))
        place.server.kill()
        assert not [one for one in events(data) if one["type"] == "votes_counted"]
        await asyncio.to_thread(place.server.start)
        await come(place, sessions)
        for name, chosen in CHOICES.items():
            voter = place.people[name]
            assert choice not in voter.seen.votes
            for _ in range(2):  # as a client does that has not heard the first answer
                assert isinstance(await voter.vote(choice, choices=(chosen,)), m.Ok)
        await place.people["Mo"].do(p.ClosePoll(choice))
        results = await place.people["Mo"].results(choice, len(CHOICES))
        assert (results.votes, results.counts) == (7, [3, 3, 1])
