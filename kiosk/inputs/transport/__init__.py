"""Open devices and move bytes: serial ports, sockets, and the input that reads such a stream."""
