"""From bytes to lines or escape sequences, and from lines of text to amounts. Pure."""
