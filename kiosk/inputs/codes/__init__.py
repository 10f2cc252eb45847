"""What a scanned code means. Pure: text in; a meaning out, or BadReading with the reason.

The entry point is ``CodeReader.read`` in ``meaning.py``; README.md shows the way of a code. Only a
code that is certainly a product, a price or a command is accepted. A wrong code is refused; it is
never read as something else.
"""
