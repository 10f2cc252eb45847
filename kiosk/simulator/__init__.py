"""A fake Mercado Pago on loopback, for laptops and tests. The daemon never imports it.

``README.md`` in this folder lists the parts in the order a request passes through them.

It is written from the documents of the service and shares no code with the kiosk's own client, so
that a misreading in one of them shows up in a test. Only ``sample_sales`` and ``bench`` use both.
It is not made for load tests, and it does not simulate card payments.
"""
