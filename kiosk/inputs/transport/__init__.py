"""How bytes come in and go out: serial ports and sockets, reopened for ever."""
