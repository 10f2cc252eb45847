"""The first start, ``kiosk setup``: questions → answers → configuration, token and units."""
