"""The relay: tells each counter at once that its order may have been paid.

It runs on a server of the shop, because Mercado Pago can't reach a counter. Notices come in over
HTTP, and hints go out over the fleet's broker. A hint says only which order to look at. The relay
stores nothing, so several copies can run at the same time.

``relay_app.py`` takes a notice, ``notice_sorter.py`` decides what it is worth, ``known_sales.py``
finds the counter, ``hint_sender.py`` publishes. ``relay_service.py`` runs all of it.
"""
