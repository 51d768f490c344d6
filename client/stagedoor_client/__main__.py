"""``python -m stagedoor_client``."""

import sys

from .cli import main

sys.exit(main())
