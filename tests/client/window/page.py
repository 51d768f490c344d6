"""Runs parts of the page's own code, by the Node.js that Playwright brings."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable

JS = Path(__file__).parents[3] / "static" / "js"


def said_by(module: str, expression: str) -> Any:
    """What an expression gives that uses a module of the page's."""
    text = (JS / module).read_text()
    # Alone: what the module imports needs a browser.
    alone = "\n".join(line for line in text.splitlines() if not line.startswith("import "))
    script = f"{alone.replace('export ', '')}\nconsole.log(JSON.stringify({expression}));"
    node = str(compute_driver_executable()[0])
    command = [node, "--input-type=module", "-e", script]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
