"""The box: what can be found out about this computer, without changing anything.

Each function gets the root folder of the system as an argument. Tests give it a folder of files.
"""
