"""A QR as a panel can show it: its version, its size, and how far it is read. Pure."""
