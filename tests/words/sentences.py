"""Which sentences the pages, the client and the server say, as they stand in the sources.

Pages: the literal arguments of ``t`` and ``tn`` in ``static/js``, and what ``data-t`` names in
the HTML. Client: those of ``t``, ``tn`` and ``marked``, and of the errors that its window shows.
Server: what follows a refusal's code, what is called ``template``, what is ``marked``, the words
of the reports, and the heads of tables (``said``). All must be literals, or else they could not
be found here, nor by a translator. What only programmers and operators read is not translated.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
CLIENT = ROOT / "client" / "stagedoor_client"

_STRING = r'"((?:[^"\\\n]|\\.)*)"'
_CALL = re.compile(r"(?<![\w.$#])(tn?)\(")
_LITERAL = re.compile(rf"\s*{_STRING}\s*(?=[,)])")
_COMMENT = re.compile(r"^[ \t]*(//|/\*|\*).*$", re.MULTILINE)
_DEFINES = {"words.js", "words.py"}
_SERVER = ROOT / "server" / "stagedoor"
_NOT_FOR_PEOPLE = {"requests.py"}
_REPORTS = _SERVER / "rooms" / "reports"  # fetched by the pages alone
_ERRORS = {"LinkError", "DeviceError", "ConnectionLostError", "UntrustedError"}
_NOT_FOR_PEOPLE_EITHER = {"BAD_MESSAGE", "UNKNOWN_MESSAGE", "BAD_KEY", "ROOM_EXISTS", "TOO_LARGE"}


@dataclass
class Found:
    """``sentences``: where each is said first; ``plurals``: those that are one of several forms."""

    sentences: dict[str, str] = field(default_factory=dict)
    plurals: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def add(self, sentence: str, where: str) -> None:
        """Take note of a sentence."""
        self.sentences.setdefault(sentence, where)


def page_sentences() -> Found:
    """Everything that a catalogue of the pages must have."""
    found = Found()
    for path in sorted(STATIC.rglob("*.js")):
        if path.name not in _DEFINES:
            read_script(path.read_text(), str(path.relative_to(ROOT)), found)
    for path in sorted(STATIC.glob("*.html")):
        _Page(str(path.relative_to(ROOT)), found).feed(path.read_text())
    _read_server(found)
    return found


def client_sentences() -> Found:
    """Everything that a catalogue of the client must have."""
    found = Found()
    for path in sorted(CLIENT.rglob("*.py")):
        if path.name not in _DEFINES:
            read_client(path.read_text(), str(path.relative_to(ROOT)), found)
    _read_server(found, but=_REPORTS)
    return found


def _read_server(found: Found, but: Path | None = None) -> None:
    for path in sorted(_SERVER.rglob("*.py")):
        if path.name not in _NOT_FOR_PEOPLE and (but is None or but not in path.parents):
            where = str(path.relative_to(ROOT))
            read_module(path.read_text(), where, found, pages=but is None)


def read_client(text: str, name: str, found: Found) -> None:
    """The sentences of a module of the client."""
    for node in ast.walk(ast.parse(text)):
        where = f"{name}:{getattr(node, 'lineno', 0)}"
        match node:
            case ast.Call(func=ast.Name(id="t" | "marked"), args=[said, *_]):
                _note(said, where, found)
            case ast.Call(func=ast.Name(id="tn"), args=[_, one, other]):
                _note(one, where, Found(problems=found.problems))
                _note(other, where, found)
                if isinstance(other, ast.Constant):
                    found.plurals.add(str(other.value))
            case ast.Call(func=ast.Name(id=error), args=[said, *_]) if error in _ERRORS:
                # A name stands for a sentence that is marked.
                if not isinstance(said, ast.Name | ast.Attribute):
                    _note(said, where, found)


def read_module(text: str, name: str, found: Found, *, pages: bool = True) -> None:
    """The sentences of a module of the server; heads of tables are for the pages alone."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Assign(targets=[ast.Name(id="template")], value=value):
                said = value
            case ast.Assign(targets=[ast.Name(id="WORDS")], value=ast.Dict(values=words)):
                for word in words:
                    _note(word, f"{name}:{word.lineno}", found)
                continue
            case ast.Call(func=ast.Name(id="said"), args=cells) if pages:
                for cell in cells:
                    _note(cell, f"{name}:{cell.lineno}", found)
                continue
            case ast.Call(func=ast.Name(id="marked"), args=[value]):
                said = value
            case ast.Call(args=[*_, ast.Attribute(value=ast.Name(id="Code"), attr=code), value]):
                # A name stands for a sentence that is marked, or called ``template``.
                if isinstance(value, ast.JoinedStr) and code in _NOT_FOR_PEOPLE_EITHER:
                    continue
                if not isinstance(value, ast.Constant | ast.JoinedStr):
                    continue
                said = value
            case _:
                continue
        _note(said, f"{name}:{node.lineno}", found)


def _note(said: ast.expr, where: str, found: Found) -> None:
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        found.add(said.value, where)
    else:
        found.problems.append(f"{where}: a sentence for people has to be a literal")


def read_script(text: str, name: str, found: Found) -> None:
    """The sentences of a script. Comments are not looked at."""
    text = _COMMENT.sub("", text)
    for call in _CALL.finditer(text):
        where = f"{name}:{text.count(chr(10), 0, call.start()) + 1}"
        start = call.end()
        if call[1] == "tn":
            start = _after_comma(text, start)
        if text.startswith("(node.", call.end()) or text.startswith("node.", call.end()):
            continue  # what stands in the HTML, read there
        literals = list(_literals(text, start, 2 if call[1] == "tn" else 1))
        if len(literals) < (2 if call[1] == "tn" else 1):
            found.problems.append(f"{where}: {call[1]}() wants its sentence as a literal")
            continue
        found.add(literals[-1], where)
        if call[1] == "tn":
            found.plurals.add(literals[-1])


def _literals(text: str, start: int, count: int) -> Iterator[str]:
    for _ in range(count):
        literal = _LITERAL.match(text, start)
        if literal is None:
            return
        yield json.loads(f'"{literal[1]}"')
        start = literal.end() + 1


def _after_comma(text: str, start: int) -> int:
    """The place after the first argument that begins at ``start``."""
    depth = 0
    for index in range(start, len(text)):
        if text[index] in "([{":
            depth += 1
        elif text[index] in ")]}":
            depth -= 1
        elif text[index] == "," and depth == 0:
            return index + 1
    return len(text)


class _Page(HTMLParser):
    def __init__(self, name: str, found: Found) -> None:
        super().__init__()
        self._name = name
        self._found = found
        self._texts: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        for what in (values.get("data-t") or "").split():
            if what == "text":
                self._texts = []
            else:
                self._found.add(values.get(what) or "", self._name)

    def handle_data(self, data: str) -> None:
        if self._texts is not None:
            self._texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._texts is not None:
            self._found.add("".join(self._texts).strip(), self._name)
            self._texts = None
