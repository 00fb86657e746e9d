"""Any file that holds a session, as a recording.

A foreign file becomes the recording of a sensor whose packets are float64 sample blocks, so all that
follows is the one path of every recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tracker.archive import recording
from tracker.archive.batches import MAGIC
from tracker.archive.files import named, read_file
from tracker.archive.header import Header
from tracker.archive.imports import FORMATS, format_of
from tracker.archive.imports.source import Source, folder, one_file
from tracker.archive.plausible import check
from tracker.archive.recording import Recording
from tracker.archive.samples_file import SamplesFile, read_samples
from tracker.archive.segments import with_later_segments
from tracker.errors import InputError
from tracker.sensing.marks import NO_LINK, Connected, Declared, Mark
from tracker.sensing.samples import Floats, Packets
from tracker.sensing.sensors.sample_blocks import MAKE, encode_rows

ROWS_PER_PACKET = 10
"""Where the file does not say which samples arrived together: a tenth of a second at 100 Hz, so that
a replay moves like a live set."""

NS_PER_S = 1e9

_ENDINGS = (".arrows", ".samples.parquet", ".samples.csv", ".parquet", ".csv", ".txt", ".json", ".zip")


def stem(path: Path) -> str:
    """Name a file without the endings that say only its format; its tables are named after it.

    Examples
    --------
    >>> stem(Path("out/monday.samples.csv.gz"))
    'monday'
    >>> stem(Path(".csv"))  # nothing but an ending is a name
    'csv'
    """
    name = named(path).name.removesuffix(".gz")
    ending = next((ending for ending in _ENDINGS if name.endswith(ending)), "")
    return name.removesuffix(ending) or name.strip(".") or "export"


def open_any(path: Path, among: Sequence[Path] | None = None) -> Recording:
    """Open a recording, a samples file (CSV or Parquet), or an export of another app.

    A file may be compressed (.gz); a folder is the export of a phone app, unpacked. Content decides, not the
    name. With the first segment of a session come those that lie beside it.

    Parameters
    ----------
    path
        The file or folder.
    among
        Files beside it that may be later segments; None: its folder is looked through.

    Raises
    ------
    InputError
        If the file cannot be used; one line that says why and what to do.
    """
    if path.is_dir():
        return _foreign(folder(path))
    content = read_file(path)
    if content.startswith(MAGIC):
        return with_later_segments(recording.parse(content, path), path, among)
    try:
        return _foreign(one_file(path, content))
    except InputError as error:
        if path.suffix != recording.SUFFIX:
            raise
        raise InputError(f"{error}; if it was a recording, it is damaged from its first byte on") from error


def _foreign(source: Source) -> Recording:
    """Make a recording of files of others."""
    path = source.path
    if (found := format_of(source)) is not None:
        title, samples = found.title, found.read(source)
    elif path.name in source.readers:
        title, samples = "samples", read_samples(source.read(path.name), path)
    else:
        known = ", ".join(dict.fromkeys(one.title for one in FORMATS))
        raise InputError(f"{path} holds no export that is known ({known}); choose one, or a recording")
    warnings = check(samples, path)
    header = Header(stem(path), 1, samples.started, software="", imported=f"{title}: {named(path).name}")
    return Recording(header, _items(samples, stem(path)), warnings=warnings)


def _items(samples: SamplesFile, name: str) -> tuple[Packets | Mark, ...]:
    info, rows = encode_rows(samples.t_s, samples.acc_m_s2, samples.gyr_rad_s, samples.earth_from_sensor)
    declared = () if samples.declared == Declared() else (Mark(0, NO_LINK, samples.declared),)
    return (Mark(0, 0, Connected(MAKE, name=name, info=info)), *declared, _packets(samples, rows))


def _packets(samples: SamplesFile, rows: Floats) -> Packets:
    if samples.arrival_s is None:
        starts = np.arange(0, len(rows), ROWS_PER_PACKET)
        host_s = samples.t_s[np.minimum(starts + ROWS_PER_PACKET, len(rows)) - 1]
    else:
        starts = np.flatnonzero(np.diff(samples.arrival_s, prepend=-np.inf))
        host_s = samples.arrival_s[starts]
    return Packets(
        t_ns=np.round((host_s - host_s[0]) * NS_PER_S).astype(np.int64),
        link=0,
        stream=np.zeros(len(starts), np.int16),
        offsets=np.append(starts, len(rows)) * rows[0].nbytes,
        data=np.ascontiguousarray(rows).view(np.uint8).ravel(),
    )
