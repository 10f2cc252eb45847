"""A fake Mercado Pago on loopback, for laptops and tests; never imported in production.

From the inside out: ``book`` holds the orders and moves them on; ``rules`` says what a request may
contain; ``service`` answers one call, whole, without HTTP; ``faults`` spoils calls as told;
``api`` puts it on the wire and ``serve`` under a port. Beside ``service`` stand the older APIs
(``instore``, ``merchant_orders``) and the account's own (``shops``), over the same book.

It is written from the services' documents, and shares no code with the kiosk's own client, so that
the two can disagree; only ``rehearsal`` and ``bench`` bring them together. It is not for load
tests, and it knows no cards.
"""
