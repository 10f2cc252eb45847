"""The viewer: a program that sees all counters of a chain. It changes nothing at any of them.

``seen_counters.py`` is what it knows of them, and ``broker_viewer.py`` the connection.
"""
