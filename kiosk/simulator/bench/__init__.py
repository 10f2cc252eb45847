"""The bench: a shop counter in the browser, around a real daemon with fake devices.

``start`` puts it together. ``daemon_process`` keeps ``kiosk run`` running as a child process, as
systemd does. ``fake_devices`` and ``evidence`` press and read the daemon's fake devices from
outside. ``payer`` and ``trouble_switches`` act on the fake API. ``bench`` joins all of them, and
``page`` shows it to a browser. Nothing here reaches into the daemon: what the page shows, a real
counter does too.
"""
