"""One target driven by atheris, in a process of its own, which libFuzzer ends when it is done."""

from __future__ import annotations

import gc
import os
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["stagedoor"]):
    from .targets import TARGETS

LONGEST = 60  # seconds by the wall's clock that an input may take, on however busy a machine


class Counted:
    """A target's function, and what has come of its inputs so far."""

    def __init__(self, name: str, inputs: int, keep: Path | None) -> None:
        self._run = TARGETS[name].make()
        self._name, self._inputs, self._keep = name, inputs, keep
        self._done = 0
        self._raised: dict[tuple[str, str], tuple[int, bytes]] = {}
        self._slowest = (0.0, b"")
        self._blocks = 0
        self._began = time.perf_counter()

    def __call__(self, data: bytes) -> None:
        """One input."""
        began = time.thread_time()
        try:
            self._run(data)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            what = (repr(error)[:200], f"{Path(last.filename).name}:{last.lineno}")
            key = (type(error).__name__, what[1])
            self._note(key, what, data, error)
        took = time.thread_time() - began
        if took > self._slowest[0]:
            self._slowest = (took, data)
        self._done += 1
        if self._done == self._inputs // 10:
            gc.collect()
            self._blocks = sys.getallocatedblocks()
        if self._done >= self._inputs:
            self._end()

    def _note(
        self, key: tuple[str, str], what: tuple[str, str], data: bytes, error: Exception
    ) -> None:
        count, first = self._raised.get(key, (0, data))
        self._raised[key] = count + 1, first
        if count == 0 and self._keep is not None:
            self._keep.mkdir(parents=True, exist_ok=True)
            name = f"{self._name}-{key[0]}-{key[1].replace(':', '-')}"
            (self._keep / name).write_bytes(data)
            print(f"{self._name}: {what[0]} at {what[1]}", flush=True)
            traceback.print_exception(error)

    def _end(self) -> None:
        seconds = time.perf_counter() - self._began
        gc.collect()
        grown = sys.getallocatedblocks() - self._blocks
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{self._name}: {self._done:,} inputs, {self._done / seconds:,.0f} a second, "
            f"{len(self._raised)} crashes, slowest {1000 * self._slowest[0]:.1f} ms "
            f"({len(self._slowest[1]):,} bytes), {grown:+,} blocks since the first tenth, "
            f"{most} MiB at most"
        )
        for (kind, place), (count, first) in self._raised.items():
            print(f"  {kind} at {place}, {count:,} times; first: {first[:200]!r}")
        sys.stdout.flush()
        os._exit(1 if self._raised else 0)


def main() -> None:
    """``python -m tests.fuzz.driven TARGET INPUTS [FOLDER]``"""
    name, inputs, *keep = sys.argv[1:]
    target = TARGETS[name]
    counted = Counted(name, int(inputs), Path(keep[0]) if keep else None)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for index, seed in enumerate(target.seeds):
            (corpus / str(index)).write_bytes(seed)
        words = Path(folder) / "words"
        words.write_text(
            "".join('"' + "".join(f"\\x{one:02x}" for one in word) + '"\n' for word in target.words)
        )
        options = [f"-max_len={target.longest}", f"-timeout={LONGEST}", "-verbosity=0"]
        options += ["-rss_limit_mb=4096", "-report_slow_units=60"]
        options += [f"-dict={words}"] if target.words else []
        atheris.Setup([sys.argv[0], *options, str(corpus)], counted)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
