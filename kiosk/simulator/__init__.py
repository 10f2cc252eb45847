"""A fake Mercado Pago on loopback, for laptops and tests; never imported in production.

From the inside out: ``book`` holds the orders and moves them on; ``rules`` says what a request may
contain; ``service`` answers one call, whole, without HTTP; ``faults`` spoils calls as told;
``api`` puts it on the wire and ``serve`` under a port.

It is written from the create-order reference and the migration guide, and shares no code with the
kiosk's own client, so that the two can disagree. It is not for load tests, and it knows no cards.
"""
