"""Reference sessions with labels; README.md tells what they hold, `python -m recordings` makes them anew."""
