"""A session's files in the formats of others, as downloads."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Response

from tracker.app.athlete_report import file_name, parts_of
from tracker.app.pages.review.session_list import Asked, search_of
from tracker.app.pages.review.shelf import Shelf
from tracker.archive.export.exported import Exported
from tracker.archive.export.formats import FORMATS
from tracker.archive.export.html import athlete_html
from tracker.errors import TrackerError

SHOWN = "html"
"""The report is opened in the browser, which prints it; everything else is saved."""


KINDS = {"html": "text/html", "csv": "text/csv", "zip": "application/zip"}
"""What browsers know of our endings; a system's own list may call .fit a picture of stars."""


async def answer(shelf: Shelf, name: str, what: str) -> Response:
    """Answer with the files of a session; several of them as one ZIP.

    Where there is no such session or format, or it cannot be written so, one line says why (404, 422).
    """
    if what not in FORMATS:
        return Response(
            f"no format is called {what}; choose one of {', '.join(FORMATS)}\n", 404, media_type="text/plain"
        )
    try:
        opened = await shelf.open(name)
    except TrackerError as error:
        return Response(f"{error}\n", 404, media_type="text/plain")
    try:
        exported = Exported(opened.row.file, opened.session)
        contents = await shelf.work(lambda: FORMATS[what].files(exported))
    except TrackerError as error:
        return Response(f"{error}\n", 422, media_type="text/plain")
    return _attached(name, what, contents)


async def athlete_answer(shelf: Shelf, asked: Asked) -> Response:
    """Answer with the report of the athlete that is asked for; one line says why there is none (404)."""
    try:
        found = await shelf.list(search_of(asked))
        makers = parts_of(asked.athlete, found.rows)
        parts = [await shelf.work(make) for make in makers]  # other pages have their turn between
        report = await shelf.work(lambda: athlete_html(asked.athlete, parts))
    except TrackerError as error:
        return Response(f"{error}\n", 404, media_type="text/plain")
    return _attached(file_name(asked.athlete), SHOWN, {".html": report})


def _attached(name: str, what: str, contents: Mapping[str, bytes]) -> Response:
    if len(contents) == 1:
        [(ending, content)] = contents.items()
    else:
        ending, content = f".{what}.zip", _zipped(name, contents)
    kind = KINDS.get(ending.rpartition(".")[2], "application/octet-stream")
    how = "inline" if what == SHOWN else "attachment"
    said = f"{how}; filename*=UTF-8''{quote(name + ending, safe='')}"  # RFC 6266: any name, in any browser
    return Response(content, media_type=kind, headers={"content-disposition": said})


def _zipped(name: str, contents: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for ending, content in contents.items():
            zipped.writestr(name + ending, content)
    return packed.getvalue()
