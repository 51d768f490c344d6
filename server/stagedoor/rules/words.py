"""The words for decisions, as the second of two moderators reads them (rule 8)."""

from __future__ import annotations

from .refusals import marked
from .values import OfferReason, Role

OFFERED = {
    OfferReason.APPROVED: marked("approved"),
    OfferReason.INVITED: marked("invited"),
    OfferReason.OPENED: marked("offered a seat"),
}
DECLINED = marked("declined")
CLOSED = marked("closed the requests")
REVOKED = marked("took the offer back")
REMOVED = marked("removed from the stage")
BROUGHT_ON = marked("brought on")
SENT_BACKSTAGE = marked("sent backstage")
TURNED_OFF = marked("turned off")
LOWERED = marked("lowered the hand")
APPOINTED = marked("appointed")
DEMOTED = marked("demoted")

ROLES = {
    Role.HOST: marked("host"),
    Role.MODERATOR: marked("moderator"),
    Role.ATTENDEE: marked("attendee"),
}
