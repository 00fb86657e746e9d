"""The radio: find a sensor, connect, stream, come back. The only room that imports bleak."""
