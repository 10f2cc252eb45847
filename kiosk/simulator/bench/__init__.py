"""The bench: a laboratory for a shop counter, in the browser, around the real daemon.

README.md in this folder lists the parts. Nothing here reaches into the daemon: what the page shows,
a real counter does too.
"""
