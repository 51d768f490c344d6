"""The words for decisions, as the second of two moderators reads them (rule 8)."""

from __future__ import annotations

from .values import OfferReason

OFFERED = {
    OfferReason.APPROVED: "approved",
    OfferReason.INVITED: "invited",
    OfferReason.OPENED: "offered a seat",
}
DECLINED = "declined"
CLOSED = "closed the requests"
REVOKED = "took the offer back"
REMOVED = "removed from the stage"
BROUGHT_ON = "brought on"
SENT_BACKSTAGE = "sent backstage"
TURNED_OFF = "turned off"
LOWERED = "lowered the hand"
APPOINTED = "appointed"
DEMOTED = "demoted"
