"""How accurate the tracker is on labelled recordings: `python -m tests.accuracy`, or `make accuracy`."""
