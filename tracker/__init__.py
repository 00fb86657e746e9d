"""Counts and judges weighted one-leg hip thrusts from an IMU on the dumbbell."""
