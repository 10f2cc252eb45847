"""What the drivers are made of: controllers, buses, GPIO lines, and the list of known panels."""
