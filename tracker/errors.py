"""Everything that can go wrong in a way the user can mend.

Each message is one line: what is wrong, then what to do about it. ``cli.main`` prints it and exits
with code 2. Any other exception is a bug and shows its traceback.
"""


class TrackerError(Exception):
    """The base of every error that tracker raises on purpose."""


class InputError(TrackerError):
    """A file, a value or an option that cannot be used as it is."""


class BluetoothError(TrackerError):
    """No adapter, no sensor, no answer, or no permission."""


class RefusedError(BluetoothError):
    """A sensor that answers, but cannot be used before somebody has done what the message says.

    Asking it again on its own changes nothing.
    """


class BadPacket(TrackerError):
    """A packet whose bytes do not follow its sensor's layout; it becomes a gap, never a guess."""
