"""``kiosk fleet``: what a person sees and asks of all counters of a chain, through its broker.

``chain_account.py`` finds the broker and the account, ``chain_table.py`` says it in lines, and the
other files are what the verbs do.
"""
