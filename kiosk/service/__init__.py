"""The daemon as a system service: status file, systemd notifications and units, logs."""
