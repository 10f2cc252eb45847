"""Tools for the technician: replay what a device sent, and find out which protocol it uses."""
