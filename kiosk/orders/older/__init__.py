"""The client and the settings of the two older APIs."""
