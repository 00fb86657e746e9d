"""``python -m tracker`` and the command ``tracker``."""

import sys

from tracker.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
