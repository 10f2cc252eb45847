"""The parts of both scanner drivers: from key events or bytes to codes, and from codes to events.

In the order in which data flows:

- ``keyboard_search``, ``event_device``: find a keyboard scanner, and read its key events.
- ``keymap``, ``key_decoder``: key events to characters. A serial scanner sends characters already.
- ``code_framer``: characters to codes; here a scanner's bytes become a code.
- ``kiosk.inputs.codes``, ``price_list``: a code to its meaning.
- ``scan_decoder``: meanings to the events of the sale.
- ``scanner_input``: the input itself; it runs all of these on an open device.
- ``used_serials``: which signed amounts were already used.
"""
