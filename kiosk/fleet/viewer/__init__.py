"""The viewer: a program that sees all counters of a chain. It changes nothing at any of them.

``chain_counters.py`` is what it knows of them, and ``chain_viewer.py`` the connection.
"""
