"""The tests, a folder for each room; a package, so that no other `tests` is taken for it."""
