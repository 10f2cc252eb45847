"""The simulated service: the Orders API over HTTP, and the order book behind it."""
