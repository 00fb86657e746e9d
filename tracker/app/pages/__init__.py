"""The live page in the browser: what is seen and heard of a session, from two metres away."""
