"""What both scanner drivers are made of: from key events or bytes to codes."""
