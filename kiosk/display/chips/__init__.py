"""How panels are spoken to: controllers, buses and GPIO lines; and the panels on sale."""
