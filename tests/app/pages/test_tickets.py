import pytest

from tracker.app.pages.tickets import SESSIONS_ALIVE, TOKEN_LIFE_S, TOKENS_ALIVE, Tickets


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.mark.parametrize(("age_s", "is_good"), [(0.0, True), (TOKEN_LIFE_S - 1, True), (TOKEN_LIFE_S, False)])
def test_a_token_ends_with_its_time(age_s, is_good):
    clock = Clock()
    tickets = Tickets(clock)
    token = tickets.issue()
    clock.now_s = age_s
    assert (tickets.spend(token) is not None) == is_good
    clock.now_s = 0.0
    assert tickets.spend(token) is None


def test_a_session_does_not_end_with_its_token():
    clock = Clock()
    tickets = Tickets(clock)
    cookie = tickets.spend(tickets.issue())
    clock.now_s = 10 * TOKEN_LIFE_S
    assert tickets.knows(cookie)


def test_tokens_and_sessions_are_bounded():
    tickets = Tickets()
    tokens = [tickets.issue() for _ in range(TOKENS_ALIVE + 1)]
    assert [tickets.spend(token) is not None for token in tokens] == [False] + [True] * TOKENS_ALIVE
    cookies = [tickets.spend(tickets.issue()) for _ in range(SESSIONS_ALIVE + 1)]
    assert [tickets.knows(cookie) for cookie in cookies] == [False] + [True] * SESSIONS_ALIVE


def test_tokens_and_cookies_are_long_and_never_the_same():
    tickets = Tickets()
    tokens = [tickets.issue() for _ in range(TOKENS_ALIVE)]
    cookies = [tickets.spend(token) for token in tokens]
    assert len({*tokens, *cookies}) == 2 * TOKENS_ALIVE
    assert min(map(len, tokens)) >= 22  # 128 bits, six in a character
    assert not any(map(tickets.knows, tokens))
