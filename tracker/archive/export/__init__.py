"""The tables in the formats of others."""
