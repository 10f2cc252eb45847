"""Tests of the relay: notices in over HTTP, hints out over a broker in memory, on virtual time."""
