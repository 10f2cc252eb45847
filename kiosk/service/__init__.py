"""What makes the daemon a good service: its state for others to read, systemd, logs."""
