"""How the service is asked: one kept connection, one exchange, one log line a call."""
