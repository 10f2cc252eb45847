"""The kiosk as a pole display: dialects, a display in software, and its total. Pure."""
