from ipaddress import ip_address
from xml.etree import ElementTree

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from tracker.app.pages.addresses import Door, in_order, lan_addresses, qr_for_terminal, qr_svg

URL = "http://192.168.178.123:8080/?token=MqHFyTkfo2F0gYgWm0lv4A"
LIGHT_AND_DARK = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}


def test_the_door_knows_this_computer_and_what_is_shared():
    assert Door(8080).hosts == {"127.0.0.1:8080", "localhost:8080", "[::1]:8080"}
    assert Door(8080, ("fd00::2",)).hosts - Door(8080).hosts == {"[fd00::2]:8080"}


@pytest.mark.parametrize(
    ("door", "url"),
    [
        (Door(8080), "http://127.0.0.1:8080/"),
        (Door(80), "http://127.0.0.1/"),
        (Door(443), "http://127.0.0.1:443/"),
        (Door(443, tls=True), "https://127.0.0.1/"),
        (Door(80, tls=True), "https://127.0.0.1:80/"),
    ],
)
def test_the_port_is_left_out_where_browsers_leave_it_out(door, url):
    assert door.url() == url
    assert url.split("/")[2] in door.hosts


def test_a_url_takes_the_token_with_it():
    assert Door(8080).url("fd00::2", "abc") == "http://[fd00::2]:8080/?token=abc"


@pytest.mark.parametrize(
    ("door", "host", "is_secure"),
    [
        (Door(8080, ("192.168.1.7",)), "127.0.0.1:8080", True),
        (Door(8080, ("192.168.1.7",)), "localhost:8080", True),
        (Door(8080, ("192.168.1.7",)), "192.168.1.7:8080", False),
        (Door(8080, ("192.168.1.7",), tls=True), "192.168.1.7:8080", True),
    ],
)
def test_secure_is_this_computer_or_tls(door, host, is_secure):
    assert door.is_secure(host) == is_secure


def test_addresses_that_a_guest_cannot_use_are_left_out():
    useless = ["127.0.0.1", "127.0.1.1", "169.254.3.4", "::1", "fe80::1", "fe80::1%eth0", "0.0.0.0"]
    assert in_order(useless) == ()
    assert in_order([*useless, "10.0.0.4"]) == ("10.0.0.4",)


def test_the_routed_address_comes_first_then_private_ones():
    found = ["203.0.113.5", "192.168.1.7", "10.0.0.4", "8.8.4.4"]
    assert in_order(found)[:2] == ("10.0.0.4", "192.168.1.7")
    assert in_order(found, "8.8.4.4")[0] == "8.8.4.4"
    assert in_order(found, "9.9.9.9") == in_order(found)


def test_ipv6_only_without_ipv4():
    assert in_order(["fd00::2", "10.0.0.4"]) == ("10.0.0.4",)
    assert in_order(["2600::7", "fd00::2"]) == ("fd00::2", "2600::7")


@given(st.lists(st.ip_addresses().map(str)), st.randoms())
def test_the_order_of_finding_plays_no_part(found, chance):
    shuffled = found + found[:2]
    chance.shuffle(shuffled)
    assert in_order(shuffled) == in_order(found)


def test_the_addresses_of_this_computer():
    for address in map(ip_address, lan_addresses()):
        assert not address.is_loopback


def modules(matrix, border=2):
    """Give the modules of a code with its quiet zone, 0 light and 1 dark."""
    row = [0] * (len(matrix) + 2 * border)
    inner = [[0] * border + list(line) + [0] * border for line in matrix]
    return [row] * border + inner + [row] * border


def test_the_terminal_shows_the_code_of_the_url():
    drawn = []
    for line in qr_for_terminal(URL).split("\n"):
        pairs = [LIGHT_AND_DARK[cell] for cell in line]
        drawn += [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]
    wanted = modules(segno.make_qr(URL, error="l").matrix)
    assert drawn[: len(wanted)] == wanted
    assert drawn != modules(segno.make_qr(URL[:-1] + "B", error="l").matrix)


def test_it_fits_into_a_small_terminal():
    lines = qr_for_terminal(URL).split("\n")
    assert len(lines) <= 20
    assert {len(line) for line in lines} == {len(lines) * 2 - 1}


def test_without_block_characters_it_is_ascii():
    lines = qr_for_terminal(URL, ascii_only=True).split("\n")
    drawn = [[{"##": 0, "  ": 1}[line[at : at + 2]] for at in range(0, len(line), 2)] for line in lines]
    assert drawn == modules(segno.make_qr(URL, error="l").matrix)


def test_the_page_gets_an_svg_that_fills_its_place():
    svg = ElementTree.fromstring(qr_svg(URL))
    assert svg.tag == "svg"
    assert "width" not in svg.attrib
    side = len(segno.make_qr(URL, error="m").matrix) + 8
    assert svg.attrib["viewBox"] == f"0 0 {side} {side}"
    assert [path.get("fill") or path.get("stroke") for path in svg] == ["#fff", "#000"]
    assert qr_svg(URL) != qr_svg(URL[:-1] + "B")
