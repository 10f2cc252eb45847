"""What a scanned code means. Pure: text in, a meaning or a refusal out.

Knows nothing of scanners, sales or screens. ``meaning.py`` is the door: one function that asks the
others in order. What is not surely a product, a price or a command is refused, with the reason; a
code that is wrong is never read as something else.
"""
