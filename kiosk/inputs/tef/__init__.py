"""The kiosk as a TEF manager: requests and answers in files. Pure."""
