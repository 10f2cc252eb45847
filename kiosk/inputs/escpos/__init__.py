"""The kiosk as a receipt printer: languages, status answers, and the total of a receipt. Pure."""
