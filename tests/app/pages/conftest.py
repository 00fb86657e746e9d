"""A guard, what stands behind it, and a browser that was let in."""

import pytest

from tests.app.pages.asking import DOOR, Behind
from tracker.app.pages.access import Guard
from tracker.app.pages.tickets import Tickets


@pytest.fixture
def tickets():
    return Tickets()


@pytest.fixture
def behind():
    return Behind()


@pytest.fixture
def guard(behind, tickets):
    return Guard(behind, DOOR, tickets)


@pytest.fixture
def cookie(tickets):
    return tickets.spend(tickets.issue())
