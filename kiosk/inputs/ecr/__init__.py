"""The kiosk as a payment terminal that a register commands: frames, requests, answers. Pure."""
