"""What every answer says, whoever it is for."""

import pytest

from tests.app.pages.asking import HERE, THERE, Asked, answers, headers

SENT_ALWAYS = {
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "content-security-policy",
    "cache-control",
}


@pytest.mark.parametrize("host", [HERE, THERE, "tracker.example"])
@pytest.mark.parametrize("is_in", [True, False])
@pytest.mark.parametrize("query", ["", "token=TOKEN"])
def test_every_answer_says_what_a_browser_must_not_do(guard, tickets, cookie, host, is_in, query):
    asked = Asked(
        headers=headers(host, cookie=cookie if is_in else ""), query=query.replace("TOKEN", tickets.issue())
    )
    start = answers(guard, asked)[0]
    said = [(name.decode().lower(), value.decode()) for name, value in start["headers"]]
    names = [name for name, _ in said]
    assert len(names) == len(set(names))
    assert set(names) >= SENT_ALWAYS
    assert ("x-content-type-options", "nosniff") in said
    assert ("cache-control", "no-store") in said
    assert ("cross-origin-opener-policy" in names) == (host == HERE)


def test_the_policies(guard):
    said = dict(answers(guard, Asked())[0]["headers"])
    policy = dict(each.split(" ", 1) for each in said[b"content-security-policy"].decode().split("; "))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert not any("*" in said or "http" in said for said in policy.values())
    features = dict(each.split("=") for each in said[b"permissions-policy"].decode().split(", "))
    allowed = {feature for feature, who in features.items() if who != "()"}
    assert allowed == {"screen-wake-lock", "autoplay"}
    assert features.keys() >= {"camera", "microphone", "geolocation", "usb", "serial", "gyroscope"}


def test_what_the_app_says_of_caching_holds(guard, cookie):
    said = answers(guard, Asked(headers=headers(cookie=cookie), path="/kept"))[0]["headers"]
    assert [value for name, value in said if name == b"cache-control"] == [b"public"]
