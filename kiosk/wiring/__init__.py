"""The wiring of a counter: its parts, the wires between them and the header, and the conflicts.

Pure. ``plan.py`` chooses the pins, ``table.py`` says the wires as text and JSON, and ``drawing.py``
draws them on a page. What is connected is said by each driver (``DriverSettings.parts``).
"""
