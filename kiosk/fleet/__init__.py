"""The fleet: many counters that one broker sees. Imported only where ``fleet:`` is configured.

``broker.py`` opens the connection, ``link.py`` keeps it, and ``state_topic.py``, ``sale_topic.py``
and ``hint_topic.py`` are what goes over it, in the messages of ``payloads.py``. ``mqtt/`` is the
protocol, and ``asyncapi.py`` the document for programs of others. The counter sells on without a
broker.
"""
