"""The service's answers: orders, errors, notifications, QR strings. Pure."""
