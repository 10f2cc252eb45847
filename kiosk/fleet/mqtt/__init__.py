"""MQTT 5: the protocol as bytes and events, and a client that runs it on a stream."""
