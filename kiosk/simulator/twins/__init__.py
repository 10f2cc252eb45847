"""Twins: any configuration on simulated devices, with the real drivers on top of them.

``wire/`` writes the bytes of registers, scanners and programs. README.md tells the rest.
"""
