"""What all folders use: money, errors, time, settings, files. Imports nothing of ours."""
