"""Files of other apps and sensors, one format in each file.

To add a format: a file with a `Format`, and a line in `FORMATS`. Which one a file is of is told by the names
of its files and columns; which units and which clock it has by what is documented of the format, never by
its values.
"""

from __future__ import annotations

from tracker.archive.imports.foreign import Format
from tracker.archive.imports.movella_dot import MOVELLA_DOT
from tracker.archive.imports.movesense import MOVESENSE
from tracker.archive.imports.movesense_csv import MOVESENSE_CSV
from tracker.archive.imports.phyphox import PHYPHOX
from tracker.archive.imports.sensor_logger import SENSOR_LOGGER
from tracker.archive.imports.source import Source
from tracker.archive.imports.witmotion import WITMOTION

FORMATS = (PHYPHOX, SENSOR_LOGGER, MOVELLA_DOT, WITMOTION, MOVESENSE, MOVESENSE_CSV)
"""All that are known."""


def format_of(source: Source) -> Format | None:
    """Tell of which format files are; None when of none."""
    return next((one for one in FORMATS if one.fits(source)), None)
