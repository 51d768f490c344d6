"""What goes wrong is a plain sentence on the screen, and the program can be used further."""

from __future__ import annotations

from tests.client.virtual import VirtualDevices, until
from tests.server_process import ServerProcess

from .conftest import Sit, Visit


def test_a_camera_pulled_out_on_stage(
    server: ServerProcess, virtual: VirtualDevices, person: Sit
) -> None:
    """Everybody sees it off; put in again it is switched on as before."""
    robin = person(server.create_room(name="Autumn assembly", mode="open")["links"]["attendee"])
    robin.enter("Robin")
    robin.go_up("Microphone", "Camera")
    robin.sees("Robin, you, microphone on, camera on")
    robin.sees_move("Robin, you")
    virtual.freeze()
    robin.sees("The camera Lecture_Camera stopped giving pictures. Your camera is off.")
    robin.sees("Robin, you, microphone on, camera off")
    robin.photograph("11-unplugged")
    until(lambda: not virtual.filming(), "the camera's release")
    assert virtual.recording() == 1
    virtual.replug()
    robin.press("Start camera")
    robin.sees("Robin, you, microphone on, camera on")
    robin.sees_move("Robin, you")
    robin.close()
    assert virtual.recording() == 0


def test_a_microphone_that_may_not_be_opened_in_the_ready_window(
    server: ServerProcess, virtual: VirtualDevices, person: Sit
) -> None:
    """The sentence stands by its switch, which is off again; another microphone does."""
    robin = person(server.create_room(name="Autumn assembly", mode="open")["links"]["attendee"])
    robin.enter("Robin")
    with virtual.refused("headset"):
        robin.press("Join stage")
        robin.choose("Microphone", "headset_mic")
        robin.press("Microphone", "check box")
        robin.sees("The microphone headset_mic cannot be opened; it may be in use elsewhere.")
        robin.sees("You will join with your microphone off and your camera off.")
        robin.photograph("12-refused")
        assert virtual.recording() == 0
        robin.choose("Microphone", "studio_mic")
        robin.sees_no("cannot be opened")
        rest = robin.picture("Microphone level")
        robin.switch_on("Microphone")
        until(lambda: virtual.recording() == 1, "the other microphone open")
        robin.sees_change("Microphone level", rest)
    robin.press("Cancel")
    until(lambda: virtual.recording() == 0, "the microphone's release")
    robin.sees("Join stage")
    robin.close()


def test_a_room_that_ends(
    server: ServerProcess, virtual: VirtualDevices, visitor: Visit, person: Sit
) -> None:
    """The last word, nothing open, and the way in again."""
    links = server.create_room(name="Autumn assembly", mode="open")["links"]
    helen = visitor("Helen", links["host"])
    robin = person(links["attendee"])
    robin.enter("Robin")
    robin.go_up("Microphone", "Camera")
    until(lambda: virtual.filming() and virtual.recording() == 1, "both devices open")
    helen.page.get_by_role("button", name="End the room").click()
    helen.window("End the room?").get_by_role("button", name="End the room").click()
    robin.sees("This room has ended")
    robin.photograph("13-ended")
    until(virtual.idle, "the devices' release")
    robin.press("To the start")
    robin.sees("Enter a room")
    robin.sees("Enter Autumn assembly")
    robin.press("Enter")
    robin.sees("This room has ended.")
    robin.photograph("14-late")
    robin.close()


def test_a_server_that_is_killed_and_started_again(
    server: ServerProcess, virtual: VirtualDevices, visitor: Visit, person: Sit
) -> None:
    """Nothing is open meanwhile, nor after it before one's own press; then one is seen again."""
    links = server.create_room(name="Autumn assembly", mode="open")["links"]
    vera = visitor("Vera", links["attendee"])
    robin = person(links["attendee"])
    robin.enter("Robin")
    robin.go_up("Microphone", "Camera")
    vera.sees("Robin")
    server.kill()
    robin.sees("Reconnecting…")
    until(virtual.idle, "the devices' release")
    robin.photograph("15-reconnecting")
    virtual.replug()
    server.start()
    robin.sees("You are back on stage, with your microphone and camera off.")
    robin.sees("Robin, you, microphone off, camera off")
    robin.photograph("16-back")
    assert virtual.idle()
    robin.press("Start camera")
    robin.sees("Robin, you, microphone off, camera on")
    vera.sees("Robin")
    robin.close()
