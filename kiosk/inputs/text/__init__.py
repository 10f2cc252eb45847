"""From bytes to lines, and from lines of text to amounts. Pure."""
