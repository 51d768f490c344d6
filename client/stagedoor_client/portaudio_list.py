"""What PortAudio lists. Run by its path it prints the list, of a PortAudio that starts just then.

PortAudio makes its list once, when it starts: of devices plugged in later only a new process knows.
It imports nothing of ours, so as to be done soon.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def rows(sounddevice: Any) -> list[dict[str, Any]]:
    """The devices: index, name, inputs and outputs. The same names are told apart by numbers.

    Of Windows' four ways to the same devices one is taken.
    """
    devices = sounddevice.query_devices()
    interfaces = [one["name"] for one in sounddevice.query_hostapis()]
    if "Windows WASAPI" in interfaces:
        wanted = interfaces.index("Windows WASAPI")
        devices = [one for one in devices if one["hostapi"] == wanted]
    seen: dict[str, int] = {}
    found = []
    for one in devices:
        number = seen[one["name"]] = seen.get(one["name"], 0) + 1
        found.append(
            {
                "index": one["index"],
                "name": one["name"] if number == 1 else f"{one['name']} ({number})",
                "inputs": one["max_input_channels"],
                "outputs": one["max_output_channels"],
            }
        )
    return found


if __name__ == "__main__":
    try:
        import sounddevice

        print(json.dumps(rows(sounddevice)))
    except Exception as error:  # whatever keeps a library from starting
        sys.exit(str(error))
