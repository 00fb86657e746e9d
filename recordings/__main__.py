"""`python -m recordings`: make all reference sessions anew, beside this file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from recordings.make import make
from recordings.references import REFERENCES

HERE = Path(__file__).parent


def main() -> None:
    """Make every session aside, then put all of them in place of the old ones."""
    with TemporaryDirectory(dir=HERE, prefix=".making-") as aside:
        for reference in REFERENCES:
            made = make(reference, Path(aside))
            print(f"{made.name}: {made.stat().st_size / 1e6:.2f} MB")
        for file in Path(aside).iterdir():
            file.replace(HERE / file.name)


if __name__ == "__main__":
    main()
