"""``python -m dispaccio`` is the command ``dispaccio``."""

from __future__ import annotations

import sys

from dispaccio.cli import main

sys.exit(main())
