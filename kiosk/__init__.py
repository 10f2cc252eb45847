"""A payment display for shop counters: reads totals, shows Mercado Pago QRs, reports results."""
