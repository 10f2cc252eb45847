"""A QR for a panel: its version, its size in pixels, and from how far phones read it. Pure."""
