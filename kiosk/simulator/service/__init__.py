"""The simulated service: the Orders API over HTTP, with its order book."""
