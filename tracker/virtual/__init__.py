"""The world outside: a lifter, a sensor and the air between it and us, all of them virtual.

It serves the demo, the tests and the reference recordings, and it says that it is virtual wherever a
sensor says what it is. It knows the world by its own constants and imports nothing of the tracker but
its errors: a mistake in a decoder must not cancel itself here. No human was measured for it; the
magnitudes are engineering guesses within published ranges.
"""
