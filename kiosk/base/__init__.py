"""What everything stands on: money, errors, time, settings, files. Imports nothing of ours."""
