"""What it means for this lift."""
