"""For the technician: record and replay what a device sends, and guess its protocol."""
