"""Virtual microphones and a speaker (PulseAudio) and a virtual camera (PipeWire)."""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

TOOLS = (
    "pulseaudio", "pactl", "paplay", "parec", "sox",
    "pipewire", "wireplumber", "pw-v4l2", "pw-cli",
)  # fmt: skip
PACKAGES = (
    "libportaudio2 pulseaudio pulseaudio-utils libasound2-plugins sox pipewire pipewire-bin "
    "pipewire-v4l2 wireplumber dbus gstreamer1.0-tools gstreamer1.0-plugins-base "
    "gstreamer1.0-pipewire"
)
MICROPHONES = ("studio", "headset")
SPEAKER = "hall"
RATE = 48000
CAPS = "video/x-raw,format=YUY2,width=640,height=480,framerate=30/1"
PROPERTIES = (
    "p,media.class=Video/Source,media.role=Camera,node.name=fakecam,node.description=Lecture_Camera"
)
PATIENCE = 30.0


def missing() -> list[str]:
    """The tools and plugins that are not on this machine."""
    tools = [*TOOLS, "dbus-run-session", "gst-launch-1.0"]
    gone = [tool for tool in tools if not shutil.which(tool)]
    if "gst-launch-1.0" not in gone:
        asked = subprocess.run(
            ["gst-inspect-1.0", "pipewiresink"], check=False, stdout=subprocess.DEVNULL
        )
        gone += ["pipewiresink"] if asked.returncode else []
    if ctypes.util.find_library("portaudio") is None:
        gone.append("portaudio")
    return gone


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for another program to get ready: it has no event to wait on."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen in {PATIENCE:g} s")
        time.sleep(0.05)


class VirtualDevices:
    """Two microphones, a tone in the first, a speaker, and a camera named Lecture_Camera.

    The camera shows a pattern of GStreamer's videotestsrc, one that moves.
    """

    tone = 440.0

    def __init__(self, pattern: str = "ball") -> None:
        self._pattern = pattern
        self._folder = Path(tempfile.mkdtemp(prefix="stagedoor-devices-"))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._camera: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(self._folder),
            "ALSA_CONFIG_PATH": str(self._folder / "asoundrc"),
            "PULSE_RUNTIME_PATH": str(self._folder / "pulse"),
            "HOME": str(self._folder),
        }
        self.environment.pop("DBUS_SESSION_BUS_ADDRESS", None)

    def start(self) -> None:
        """Bring everything up; returns when the devices are there."""
        self._folder.chmod(0o700)
        self._asoundrc(*MICROPHONES)
        self._sound()
        self._pipewire()
        self.plug()

    def stop(self) -> None:
        """Take everything down."""
        for process in reversed(self._processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def client(self, *arguments: str) -> list[str]:
        """The command of a client that sees these devices."""
        return ["pw-v4l2", sys.executable, "-m", "stagedoor_client", *arguments]

    def recording(self) -> int:
        """How many programs record from a microphone just now."""
        listed = self._run("pactl", "list", "short", "source-outputs")
        # PulseAudio's own remapped microphones record from their sinks' monitors all the time.
        return sum("module-remap-source" not in line for line in listed.splitlines())

    def filming(self) -> bool:
        """Whether a program has the camera open."""
        return "Stream/Input/Video" in self._run("pw-cli", "ls", "Node")

    def idle(self) -> bool:
        """Whether no program has a microphone or the camera open."""
        return self.recording() == 0 and not self.filming()

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=20
        )
        return done.stdout

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        log = (self._folder / f"{Path(command[0]).name}.log").open("wb")
        process = subprocess.Popen(
            command, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        self._processes.append(process)
        return process

    def _asoundrc(self, *microphones: str) -> None:
        names = {f"{name}_mic": f"{name.capitalize()} Microphone" for name in microphones}
        names[SPEAKER] = f"{SPEAKER.capitalize()} Speaker"
        lines = ["</usr/share/alsa/alsa.conf>"]
        lines += [
            f'pcm.{name} {{ type pulse device "{name}" hint {{ show on description "{title}" }} }}'
            for name, title in names.items()
        ]
        (self._folder / "asoundrc").write_text("\n".join(lines) + "\n")

    def _sound(self) -> None:
        self._spawn(
            "pulseaudio",
            "-n",
            "--exit-idle-time=-1",
            "--daemonize=no",
            "--load=module-native-protocol-unix",
        )
        until(lambda: bool(self._run("pactl", "info")), "PulseAudio's start")
        self._sink(SPEAKER)
        for name in MICROPHONES:
            self._microphone(name)
        self.play("studio", self.tone)

    def _sink(self, name: str) -> str:
        """A sink of PulseAudio's; the number of its module."""
        arguments = ("module-null-sink", f"sink_name={name}", f"rate={RATE}")
        return self._run("pactl", "load-module", *arguments).strip()

    def _microphone(self, name: str) -> list[str]:
        """A microphone that hears what is played into the sink ``name``; its modules."""
        sink = self._sink(name)
        return [self._source(name), sink]

    def _source(self, name: str) -> str:
        """Where one records what is played into the sink ``name``; the number of its module."""
        arguments = ("module-remap-source", f"master={name}.monitor", f"source_name={name}_mic")
        return self._run("pactl", "load-module", *arguments).strip()

    @contextlib.contextmanager
    def refused(self, name: str) -> Iterator[None]:
        """Nobody may open this microphone, though it is listed."""
        modules = self._run("pactl", "list", "short", "modules").splitlines()
        number = next(line for line in modules if f"source_name={name}_mic" in line).split()[0]
        self._run("pactl", "unload-module", number)
        try:
            yield
        finally:
            self._source(name)

    def play(self, sink: str, hertz: float) -> subprocess.Popen[bytes]:
        """A tone without end, as far as tests go."""
        sound = self._folder / f"{sink}.wav"
        self._run(
            "sox", "-n", "-r", str(RATE), "-c", "1", "-b", "16", str(sound),
            "synth", "600", "sine", str(hertz), "gain", "-6",
        )  # fmt: skip
        playing = self._spawn("paplay", f"--device={sink}", str(sound))

        def started() -> bool:
            sinks = self._run("pactl", "list", "short", "sinks").splitlines()
            return any(f"\t{sink}\t" in line and "RUNNING" in line for line in sinks)

        until(started, f"the tone's start in {sink}")
        return playing

    @contextlib.contextmanager
    def another_microphone(self, name: str, hertz: float) -> Iterator[Callable[[], None]]:
        """Plug in one with a tone in it; gives what pulls it out."""
        modules = self._microphone(name)
        playing = self.play(name, hertz)
        self._asoundrc(*MICROPHONES, name)

        def pull_out() -> None:
            # Before its sink goes, or PulseAudio plays the tone on another one.
            playing.kill()
            playing.wait()
            self._asoundrc(*MICROPHONES)
            while modules:
                self._run("pactl", "unload-module", modules.pop(0))

        try:
            yield pull_out
        finally:
            pull_out()
            self._processes.remove(playing)

    def played(self, seconds: float) -> bytes:
        """What is played on the speaker from now on: 16-bit mono samples."""
        command = ["parec", f"--device={SPEAKER}.monitor", "--raw", "--format=s16le"]
        command += ["--channels=1", f"--rate={RATE}"]
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE) as recorder:
            assert recorder.stdout is not None
            samples = recorder.stdout.read(2 * int(seconds * RATE))
            recorder.kill()
        return samples

    def replug(self) -> None:
        """Pull the camera out and put it in again.

        To be done once a program has released it: GStreamer's sink, unlike a camera, gives
        nothing more when its last reader has gone.
        """
        self.unplug()
        self.plug()

    def unplug(self) -> None:
        """Pull the camera out."""
        assert self._camera is not None
        os.killpg(self._camera.pid, signal.SIGKILL)
        self._camera.wait()
        self._processes.remove(self._camera)
        until(lambda: "fakecam" not in self._run("pw-cli", "ls", "Node"), "the camera's end")

    def freeze(self) -> None:
        """The camera gives nothing more; to be replugged.

        A camera that goes while a program uses it takes that program with it at times: pw-v4l2
        looks at buffers that are gone when they are unmapped.
        """
        assert self._camera is not None
        os.killpg(self._camera.pid, signal.SIGSTOP)

    def plug(self) -> None:
        """Put the camera in."""
        source = ["videotestsrc", "is-live=true", f"pattern={self._pattern}", "!", CAPS]
        sink = ["pipewiresink", "mode=provide", f"stream-properties={PROPERTIES}"]
        self._camera = self._spawn("gst-launch-1.0", "-q", *source, "!", *sink)
        until(lambda: "fakecam" in self._run("pw-cli", "ls", "Node"), "the camera's start")

    def _pipewire(self) -> None:
        script = (
            "pipewire & until pw-cli info 0 >/dev/null 2>&1; do sleep 0.1; done; wireplumber & wait"
        )
        self._spawn("dbus-run-session", "--", "sh", "-c", script)
        until(lambda: "WirePlumber" in self._run("pw-cli", "ls", "Client"), "WirePlumber's start")
