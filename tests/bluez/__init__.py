"""A Linux computer's Bluetooth without a radio: org.bluez on a private bus, with virtual boards in reach.

bleak's own BlueZ backend runs on it unmodified. `system.SystemBluetooth` is the door; the fixture
`system_bluetooth` in tests/conftest.py opens it and skips where there is no dbus-daemon.
"""
