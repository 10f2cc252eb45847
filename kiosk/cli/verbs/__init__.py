"""What a person can type: the options and the help of every verb, in files of a few verbs each.

A file here imports nothing heavy, so that ``kiosk --help`` is quick on a small Pi. What a verb does
is in a file of its own in ``kiosk/cli``, which is imported when the verb is run.
"""
