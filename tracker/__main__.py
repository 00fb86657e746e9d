"""``python -m tracker`` and the command ``tracker``."""

import sys

from tracker.app.exit_codes import INTERRUPTED


def main() -> int:
    """Run the command line; an interrupt while it is still being loaded ends it quietly too."""
    try:
        from tracker.app.cli import main as run

        return run()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
