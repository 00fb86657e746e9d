"""The local web app: what the browser shows, who may look, and how it gets there."""
