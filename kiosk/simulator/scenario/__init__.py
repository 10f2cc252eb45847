"""Scenarios: what happens at a counter, and what must be seen there, as a file. See README.md."""
