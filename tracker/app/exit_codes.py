"""How a command ends, for who started it. 0 is done; 1, with a traceback, is a bug."""

BAD_INPUT = 2
"""Wrong use or bad input, told in one line."""

INTERRUPTED = 130
"""Ended by Ctrl-C, with everything saved."""
