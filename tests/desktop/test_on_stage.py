"""The desktop client as one uses it, judged by what arrives in Chromium."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visitors import PATIENCE, Visitor
from tests.client.virtual import VirtualDevices, until
from tests.server_process import ServerProcess

from .conftest import OTHER_TONE, Sit, Visit
from .person import Person

LOUDEST = """
([person, wanted]) => {
  const voice = document.querySelector(`audio[data-voice="${person}"]`);
  const track = voice?.srcObject?.getAudioTracks()[0];
  if (!track || voice.paused) return false;
  if (voice.measured?.track !== track) {
    const context = new AudioContext({ sampleRate: 48000 });
    const analyser = new AnalyserNode(context, { fftSize: 32768, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    voice.measured = { track, analyser, context };
  }
  const { analyser, context } = voice.measured;
  const loud = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(loud);
  const at = loud.indexOf(Math.max(...loud));
  const frequency = (at * context.sampleRate) / analyser.fftSize;
  return loud[at] > -40 && Math.abs(frequency - wanted) < 3 && { frequency, level: loud[at] };
}
"""


def loudest(visitor: Visitor, name: str, wanted: float) -> dict[str, float]:
    """Wait until somebody's loudest frequency here is this one, within 3 Hz: what it is."""
    person = visitor.tile(name).get_attribute("data-person")
    found = visitor.page.wait_for_function(
        LOUDEST, arg=[person, wanted], timeout=PATIENCE, polling=200
    )
    measured: dict[str, float] = found.json_value()
    return measured


def test_from_the_way_in_to_the_stage_and_off_it(
    server: ServerProcess, virtual: VirtualDevices, visitor: Visit, person: Sit
) -> None:
    """Rules 2, 13 to 16, as seen on the screen, and no device open a moment too early or long."""
    links = server.create_room(name="Autumn assembly", mode="request")["links"]
    ada = visitor("Ada", links["moderator"])
    vera = visitor("Vera", links["attendee"])
    robin = person(links["attendee"])
    robin.sees("Enter a room")
    robin.photograph("01-enter")
    robin.enter("Robin")
    robin.photograph("02-room")
    robin.press("Ask to join stage")
    robin.sees("Your request is waiting for a moderator")
    robin.photograph("03-asked")
    ada.row("Waiting requests", "Robin").get_by_role("button", name="Approve").click()
    robin.sees("Your request was approved")
    robin.photograph("04-approved")
    robin.press("Join")
    prepare(robin, virtual)
    expect(vera.tile("Robin")).to_have_count(0)
    robin.press("Join stage")
    robin.sees("Robin, you, microphone on, camera on")
    robin.sees_move("Robin, you")
    robin.photograph("07-on-stage")
    vera.sees("Robin")
    print("heard in Chromium:", loudest(vera, "Robin", OTHER_TONE))

    row = ada.row("On stage", "Robin")
    row.get_by_role("button", name="Turn Robin's microphone off").click()
    robin.sees("You are muted")
    robin.sees("Ada turned your microphone off")
    robin.sees("Robin, you, microphone off, camera on")
    robin.photograph("08-muted")
    vera.is_silent("Robin")
    until(lambda: virtual.recording() == 0, "the microphone's release")
    assert virtual.filming()
    vera.sees("Robin")

    row.get_by_role("button", name="Remove").click()
    robin.sees("Ada removed you from the stage")
    robin.sees_no("Robin, you, microphone off")
    robin.photograph("09-removed")
    until(virtual.idle, "the camera's release")
    expect(vera.tile("Robin")).to_have_count(0)
    robin.sees("Ask to join stage")
    robin.close()


def prepare(robin: Person, virtual: VirtualDevices) -> None:
    """In the ready window: the second microphone, both switched on and looked at."""
    robin.sees("You will join with your microphone off and your camera off.")
    robin.choose("Microphone", "headset_mic")
    robin.photograph("05-get-ready")
    assert virtual.idle()
    rest = robin.picture("Microphone level")
    robin.switch_on("Camera", "Microphone")
    robin.sees("You will join with your microphone on and your camera on.")
    until(lambda: virtual.filming() and virtual.recording() == 1, "both devices open")
    robin.sees_move("Your camera's picture")
    robin.sees_change("Microphone level", rest)
    robin.photograph("06-preview")
