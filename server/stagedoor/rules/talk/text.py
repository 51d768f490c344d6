"""Text as people typed it, made fit to be shown to others."""

from __future__ import annotations

import re
import unicodedata

from ..guards import refuse
from ..refusals import Code

_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
# Controls but newline and tab, lone surrogates, and the overrides of direction (UAX 9), which
# only make text read other than it is written.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202d\u202e]")


def clean(text: str, longest: int, what: str) -> str:
    """The text without controls and outer white space, its newlines kept.

    Refuses an empty text (``bad_value``) and one of more than ``longest`` characters
    (``too_large``); ``what``: "message" or "question".
    """
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)).strip()
    if not any(unicodedata.category(one)[0] not in "CZ" for one in text):
        refuse(Code.BAD_VALUE, "The {what} is empty.", what=what)
    if len(text) > longest:
        template = "The {what} is longer than {longest} characters."
        refuse(Code.TOO_LARGE, template, what=what, longest=longest)
    return text
