"""What the radio said, as samples."""
