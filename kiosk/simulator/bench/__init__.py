"""The bench: a shop counter in the browser, around a real daemon with fake devices.

``daemon`` keeps ``kiosk run`` alive as a child, as systemd would; ``devices`` and ``evidence`` are
its fake devices, seen and pressed from outside; ``payer`` and ``trouble`` work on the fake API;
``bench`` has them all, ``page`` shows it to a browser, ``start`` puts it together. Nothing here
reaches into the daemon: whatever the page shows, a real counter would do, too.
"""
