"""Which calls to the simulated service fail, and how."""
