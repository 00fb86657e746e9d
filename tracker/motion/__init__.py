"""What the dumbbell did, as reps."""
