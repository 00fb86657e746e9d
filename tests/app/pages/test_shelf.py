"""What the review pages keep open, when the disk says no."""

import pytest

from tracker.app.pages.review.shelf import Shelf
from tracker.archive.library import Library
from tracker.errors import InputError


@pytest.mark.asyncio
async def test_what_the_disk_refuses_is_said(tmp_path):
    shelf = Shelf(Library(tmp_path, None))
    with pytest.raises(InputError, match=r"gone cannot be read \(No such file or directory\)"):
        await shelf.work((tmp_path / "gone").stat)
    shelf.close()
