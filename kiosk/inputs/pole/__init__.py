"""Customer pole displays, as the one who is written to: pure, from bytes to the text on show."""
