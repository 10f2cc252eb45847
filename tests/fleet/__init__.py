"""Tests of the link to the broker: the protocol, the link on virtual time, a real broker."""
