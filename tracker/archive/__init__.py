"""What is kept and shown again: recordings, foreign files, tables, settings."""
