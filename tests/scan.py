"""Looks for secrets in what is committed, and for known faults of the locked dependencies.

Run by ``make scan``. A secret or a known fault fails; advisories that cannot be reached from here
are said so, and fail only with ``--strict``, as then nothing was checked.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

import msgspec

PATIENCE = 120  # seconds for the advisories


class Fault(msgspec.Struct):
    """One advisory that holds for a version."""

    id: str
    fix_versions: list[str]


class Dependency(msgspec.Struct):
    """What pip-audit found out of one locked version; ``skip_reason`` where it could not."""

    name: str
    version: str = ""
    vulns: list[Fault] = []
    skip_reason: str = ""


class Audit(msgspec.Struct):
    """pip-audit's report."""

    dependencies: list[Dependency]


def secrets() -> bool:
    """Whether no committed file has what looks like a secret; prints where one has."""
    files = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True)
    command = [sys.executable, "-m", "detect_secrets.pre_commit_hook", *files.stdout.split("\n")]
    clean = subprocess.run([one for one in command if one], check=False).returncode == 0
    print("secrets: none found" if clean else "secrets: see above")
    return clean


def audit() -> Audit | None:
    """What is known of the locked versions; None if the advisories cannot be reached."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", "constraints.txt"]
    command += ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE)
        return msgspec.json.decode(done.stdout, type=Audit)
    except (subprocess.TimeoutExpired, msgspec.DecodeError):
        return None


def dependencies(strict: bool) -> bool:
    """Whether no locked version has a known fault, as far as that could be found out."""
    found = audit()
    checked = [one for one in found.dependencies if not one.skip_reason] if found else []
    skipped = len(found.dependencies) - len(checked) if found else None
    for one in checked:
        for fault in one.vulns:
            mended = ", ".join(fault.fix_versions) or "no version yet"
            print(f"{one.name} {one.version}: {fault.id}, mended in {mended}")
    faults = sum(len(one.vulns) for one in checked)
    missed = "the others" if skipped is None else str(skipped)
    print(f"dependencies: {len(checked)} checked, {faults} known faults", end="")
    print("" if skipped == 0 else f"; no advisories could be reached for {missed}")
    return not faults and (skipped == 0 or not strict)


def main() -> int:
    """Both, whatever the first finds; 1 if there is anything to mend."""
    parser = argparse.ArgumentParser(description="Look for secrets and for known faults.")
    parser.add_argument("--strict", action="store_true", help="fail if anything was not checked")
    strict: bool = parser.parse_args().strict
    results = [secrets(), dependencies(strict)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
