"""The local web app: what the live session looks like in a browser, and who may look."""
