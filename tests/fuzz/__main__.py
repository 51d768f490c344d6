"""``python -m tests.fuzz``: mutate the seeds by coverage (atheris), and say how each target does.

Needs the extra ``fuzz``. One line a target: how many inputs and how many a second, what was raised
how often, the slowest input, and by how much the process grew after a tenth of the inputs, in
blocks of Python's allocator, as the fuzzer's own collection of inputs grows, too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from .targets import TARGETS


def main() -> int:
    """Run the targets in processes of their own, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", default=list(TARGETS), choices=[*TARGETS, []])
    parser.add_argument("--inputs", type=int, default=1_000_000, help="each (default: %(default)s)")
    parser.add_argument(
        "--keep", type=Path, help="a folder for inputs at which something is raised"
    )
    options = parser.parse_args()
    bad = 0
    for name in options.targets:
        command = [sys.executable, "-m", "tests.fuzz.driven", name, str(options.inputs)]
        command += [str(options.keep)] if options.keep else []
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            bad += 1
            if done.returncode != 1:  # it died, or took too long for one input
                print(f"{name}: ended with {done.returncode}\n{done.stderr[-2000:]}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
