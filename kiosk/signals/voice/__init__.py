"""The voice: it says what happened and the amount, in recorded words or with espeak-ng.

``sentences.py`` has what is said, ``announcer.py`` decides when, ``speaker.py`` makes the sound.
"""
