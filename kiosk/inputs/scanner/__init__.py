"""The parts of both scanner drivers: from key events or bytes to codes, and from codes to events.

README.md has them in the order in which data flows.
"""
