"""What the service says: orders, refusals, notifications, QR strings. Pure."""
