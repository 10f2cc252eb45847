"""The fleet: many counters that one broker sees. Imported only where ``fleet:`` is configured.

The counter sells on without a broker. README.md says what each file does.
"""
