"""The index of the firmware notes knows every page, and every file of vectors names its own."""

import json
from pathlib import Path

import pytest

from tracker.sensing.sensors import SENSORS
from tracker.virtual.peripherals import PERIPHERALS

NOTES = Path(__file__).parents[1] / "firmware_notes"
INDEX = (NOTES / "README.md").read_text("utf-8")
PAGES = sorted(page.name for page in NOTES.glob("*.md") if page.name != "README.md")
VECTORS = sorted(NOTES.glob("vectors/*.json"))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_in_the_index(page):
    assert f"[{page}]({page})" in INDEX


@pytest.mark.parametrize("vectors", VECTORS, ids=lambda file: file.name)
def test_vectors_name_a_page_that_is_there(vectors):
    assert json.loads(vectors.read_text("utf-8"))["note"] in PAGES


def test_every_make_with_a_radio_has_a_virtual_one():
    assert set(PERIPHERALS) == {sensor.make for sensor in SENSORS if sensor.service_uuid}
