"""Calls over HTTP: the connection, one exchange, the client of the Orders API, the call log."""
