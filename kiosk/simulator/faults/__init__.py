"""Which calls of the simulated service fail, and how."""
