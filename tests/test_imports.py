"""Imports point one way: sensing, motion, coaching, path, archive, app; the virtual world stands beside."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "tracker"
ROOMS = ("sensing", "motion", "coaching", "path", "archive", "app")
MAY_IMPORT_BLEAK = ("sensing/bluetooth/", "virtual/backend.py")
MAY_IMPORT_VIRTUAL = ("app/", "virtual/")
MAY_PRINT = ("app/cli.py", "app/terminal.py")
PRINTING = {"print", "input", "sys.stdout", "sys.stderr", "rich.print", "typer.echo"}

TREES = {
    file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_text())
    for file in sorted(PACKAGE.rglob("*.py"))
}


def imported(place: str) -> Iterator[str]:
    """Every module, and every name in a module, that a file imports anywhere in it."""
    for node in ast.walk(TREES[place]):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place}:{node.lineno} imports are written out in full"
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def named(place: str) -> Iterator[str]:
    """Every name that a file uses, with the dots before it."""
    for node in ast.walk(TREES[place]):
        if isinstance(node, ast.Name | ast.Attribute):
            yield ast.unparse(node)


def room_of(module: str) -> str:
    """The room of ``tracker.ROOM...``, or "" for what is no room."""
    root, _, rest = module.partition(".")
    room = rest.split(".")[0]
    return room if root == "tracker" and room in (*ROOMS, "virtual") else ""


def own_room(place: str) -> str:
    return room_of("tracker." + place.removesuffix(".py").replace("/", "."))


def test_the_package_has_all_its_rooms():
    assert {own_room(place) for place in TREES} >= {*ROOMS, "virtual"}


def test_no_import_points_back():
    back = [
        f"{place} imports {module}"
        for place in TREES
        if own_room(place) in ROOMS
        for module in imported(place)
        if room_of(module) in ROOMS and ROOMS.index(room_of(module)) > ROOMS.index(own_room(place))
    ]
    assert back == []


def test_only_the_app_opens_the_door_to_the_virtual_world():
    doors = {place for place in TREES if any(room_of(module) == "virtual" for module in imported(place))}
    assert [door for door in doors if not door.startswith(MAY_IMPORT_VIRTUAL)] == []


def test_the_virtual_world_knows_nothing_of_the_tracker():
    known = {
        f"{place} imports {module}"
        for place in TREES
        if own_room(place) == "virtual"
        for module in imported(place)
        if module.startswith("tracker.") and not module.startswith(("tracker.virtual", "tracker.errors"))
    }
    assert known == set()


def test_only_the_radio_imports_bleak():
    radios = {place for place in TREES if any(module.split(".")[0] == "bleak" for module in imported(place))}
    assert radios
    assert [radio for radio in radios if not radio.startswith(MAY_IMPORT_BLEAK)] == []


def test_only_the_agent_speaks_d_bus():
    speakers = [
        place for place in TREES if any(module.split(".")[0] == "dbus_fast" for module in imported(place))
    ]
    assert speakers == ["sensing/bluetooth/agent.py"]


def test_only_the_command_line_and_the_terminal_print():
    printing = {place for place in TREES if PRINTING & {*imported(place), *named(place)}}
    assert printing == set(MAY_PRINT) & printing
