"""The typeface, and what it can show."""
