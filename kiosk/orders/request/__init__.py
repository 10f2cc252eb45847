"""The request that creates an order: its fields and their limits. Pure."""
