"""The account: its settings, its access token, its stores and points of sale."""
