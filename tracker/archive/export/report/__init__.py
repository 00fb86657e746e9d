"""The HTML report: one file that opens offline, from disk, prints on A4 and reads on a phone."""
