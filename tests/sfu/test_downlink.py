"""A viewer's reports make a rate, a loss, a round trip and a budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.packets.rtcp import ReportBlock
from stagedoor.sfu.rates.downlink import LEAST, Downlink


def block(highest: int, lost: int = 0, ssrc: int = 1) -> ReportBlock:
    return ReportBlock(ssrc, 0, lost, highest & 0xFFFFFFFF, 0, 0, 0)


def watched(downlink: Downlink, start: float, end: float, remb: int = 10**6) -> float:
    """A hundred packets of 1000 octets a second, reported four times a second."""
    for step in range(int(start * 4), int(end * 4)):
        downlink.report(block(step * 25), 1000)
        downlink.hear(remb, step / 4)
    return end


def test_the_rate_is_seen_by_the_sequence_numbers() -> None:
    downlink = Downlink()
    watched(downlink, 0, 3)
    assert downlink.sent == 800_000
    downlink.repaired(25_000)
    watched(downlink, 3, 4)
    assert downlink.sent == 960_000, "the second is one and a quarter, by the reports"


def test_sources_that_are_reported_each_alone_make_a_steady_rate() -> None:
    """As browsers do: every second or so a report for each picture, and REMB more often."""
    downlink, rates = Downlink(), set()
    for step in range(60):
        if step % 4 == 0:
            downlink.report(block(step * 25, ssrc=1), 1000)
        if step % 5 == 2:
            downlink.report(block(step * 10, ssrc=2), 1000)
        downlink.hear(10**6, step / 4)
        if step > 10:
            rates.add(downlink.sent)
    assert rates == {1_120_000}


def test_a_report_that_jumps_is_of_a_new_beginning() -> None:
    downlink = Downlink()
    now = watched(downlink, 0, 3)
    downlink.report(block(2**31), 1000)
    downlink.hear(None, now)
    assert downlink.sent < 800_000


def test_losses_are_taken_over_enough_packets() -> None:
    downlink = Downlink()
    now = watched(downlink, 0, 3)
    for step in range(1, 5):
        downlink.report(block(275 + step * (LEAST // 2), lost=step * (LEAST // 4)), 1000)
        downlink.hear(None, now + step * 0.5)
    assert [share for _, share in downlink.state.losses][-1] > 0.3
    assert downlink.state.phase == "decrease"


def test_late_packets_that_come_after_all_are_no_negative_loss() -> None:
    downlink = Downlink()
    downlink.report(block(0, lost=50), 1000)
    for step in range(1, 9):
        downlink.report(block(step * 50, lost=-step), 1000)
        downlink.hear(None, step)
    assert {share for _, share in downlink.state.losses} == {0.0}


def test_a_viewer_who_falls_silent_is_sent_less_only_while_there_is_something_to_send() -> None:
    downlink = Downlink()
    now = watched(downlink, 0, 3)
    downlink.wait(False, now + 10)
    assert downlink.budget == 10**6
    downlink.wait(True, now + 15)
    assert downlink.budget == 500_000


def test_the_round_trip_is_smoothed() -> None:
    downlink = Downlink()
    for _ in range(30):
        downlink.trip(0.05)
    assert 0.049 < downlink.rtt < 0.051


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 2**32 - 1), st.integers(-(2**23), 2**23 - 1)),
        max_size=30,
    )
)
def test_any_reports_leave_sound_numbers(said: list[tuple[int, int, int]]) -> None:
    downlink = Downlink()
    for step, (ssrc, highest, lost) in enumerate(said):
        downlink.report(ReportBlock(ssrc, 0, lost, highest, 0, 0, 0), 1000.0)
        downlink.hear(None, step * 0.5)
        assert downlink.sent >= 0
    assert all(0 <= share <= 1 for _, share in downlink.state.losses)
