"""``kiosk fleet``, with a chain of counters at a broker in memory."""
