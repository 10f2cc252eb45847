"""The older APIs of the simulated service."""
