"""What ``app.py`` is made of: the event queue, the service calls, the journal writer."""
