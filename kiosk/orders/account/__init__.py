"""Whose orders these are: settings, token, stores and points of sale of an account."""
