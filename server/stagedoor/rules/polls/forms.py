"""Polls as they may be, and votes as they are counted; or the sentence that says what is wrong."""

from __future__ import annotations

import unicodedata

from msgspec.structs import replace

from ..guards import refuse
from ..refusals import Code
from .commands import CastVote
from .values import Ballot, Kind, PollForm

MAX_QUESTION = 300  # characters
MAX_OPTION = 120
MAX_OPTIONS = 20
MAX_RATING = 10
MAX_WORDS = 5
MAX_WORD = 30
MAX_TEXT = 500
SHORTEST, LONGEST = 5_000, 24 * 3_600_000  # milliseconds

_CHOICES = (Kind.SINGLE, Kind.MULTIPLE)


def clean(text: str) -> str:
    """Text on one line, without control characters or surrogates, composed (Unicode NFC)."""
    words = unicodedata.normalize("NFC", text).split()
    return "".join(one for one in " ".join(words) if unicodedata.category(one) not in ("Cc", "Cs"))


def question(text: str) -> str:
    """A question of a poll or a quiz, in order."""
    text = clean(text)
    if not 1 <= len(text) <= MAX_QUESTION:
        refuse(Code.BAD_VALUE, "A question needs 1 to {most} characters.", most=MAX_QUESTION)
    return text


def options(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The options of a choice, in order, all different."""
    cleaned = tuple(clean(text) for text in texts)
    if not 2 <= len(cleaned) <= MAX_OPTIONS:
        refuse(Code.BAD_VALUE, "Please give 2 to {most} options.", most=MAX_OPTIONS)
    if not all(1 <= len(text) <= MAX_OPTION for text in cleaned):
        refuse(Code.BAD_VALUE, "An option needs 1 to {most} characters.", most=MAX_OPTION)
    if len(set(cleaned)) < len(cleaned):
        refuse(Code.BAD_VALUE, "Two options are the same.")
    return cleaned


def check(form: PollForm) -> PollForm:
    """The form in order; what its kind has no use for is dropped."""
    if form.open_ms and not SHORTEST <= form.open_ms <= LONGEST:
        refuse(Code.BAD_VALUE, "A poll is open for 5 seconds to 24 hours.")
    form = replace(form, question=question(form.question))
    if form.kind in _CHOICES:
        form = replace(form, options=options(form.options))
    else:
        form = replace(form, options=())
    match form.kind:
        case Kind.MULTIPLE:
            if not 1 <= form.least <= form.most <= len(form.options):
                refuse(
                    Code.BAD_VALUE,
                    "How many to choose must be between 1 and {most}.",
                    most=len(form.options),
                )
            return form
        case Kind.RATING if not 2 <= form.most <= MAX_RATING:
            refuse(
                Code.BAD_VALUE,
                "A rating goes from 1 to a number from 2 to {most}.",
                most=MAX_RATING,
            )
        case Kind.WORDS if not 1 <= form.most <= MAX_WORDS:
            refuse(Code.BAD_VALUE, "A person may give 1 to {most} words.", most=MAX_WORDS)
        case Kind.RATING | Kind.WORDS:
            return replace(form, least=1)
    return replace(form, least=1, most=1)


def read(form: PollForm, vote: CastVote) -> Ballot:
    """The vote as it is counted."""
    match form.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            return choices(vote.choices, len(form.options), form.least, form.most)
        case Kind.RATING:
            if not 1 <= vote.rating <= form.most:
                refuse(Code.BAD_VALUE, "Please give a rating from 1 to {most}.", most=form.most)
            return (str(vote.rating),)
        case Kind.TEXT:
            text = clean(vote.text)
            if not 1 <= len(text) <= MAX_TEXT:
                refuse(Code.BAD_VALUE, "Please write 1 to {most} characters.", most=MAX_TEXT)
            return (text,)
        case Kind.WORDS:
            return _words(vote.words, form.most)


def choices(chosen: tuple[int, ...], of: int, least: int, most: int) -> Ballot:
    """Numbers of options, ``least`` to ``most`` different ones below ``of``."""
    if len(set(chosen)) != len(chosen) or not all(0 <= one < of for one in chosen):
        refuse(Code.BAD_VALUE, "There is no such option.")
    if not least <= len(chosen) <= most:
        if least == most:
            refuse(Code.BAD_VALUE, "Please choose {least} of the options.", least=least)
        template = "Please choose {least} to {most} of the options."
        refuse(Code.BAD_VALUE, template, least=least, most=most)
    return tuple(str(one) for one in sorted(chosen))


def normal(word: str) -> str:
    """A word as it is counted: compatibility forms, case and the punctuation around it aside."""
    word = clean(unicodedata.normalize("NFKC", word)).lower()
    while word and not _speaks(word[0]):
        word = word[1:]
    while word and not _speaks(word[-1]):
        word = word[:-1]
    return word


def _speaks(character: str) -> bool:
    """Letters, marks, numbers and symbols (emoji among them), not punctuation and spaces."""
    return unicodedata.category(character)[0] in "LMNS"


def _words(given: tuple[str, ...], most: int) -> Ballot:
    words = dict.fromkeys(word for one in given if (word := normal(one)))
    if not 1 <= len(words) <= most or len(given) > most:
        if most == 1:
            refuse(Code.BAD_VALUE, "Please give a word.")
        refuse(Code.BAD_VALUE, "Please give 1 to {most} words.", most=most)
    if any(len(word) > MAX_WORD for word in words):
        refuse(Code.BAD_VALUE, "A word may have {most} characters at most.", most=MAX_WORD)
    return tuple(sorted(words))
