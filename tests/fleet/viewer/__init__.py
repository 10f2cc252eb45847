"""What a viewer of a chain knows, and its connection."""
