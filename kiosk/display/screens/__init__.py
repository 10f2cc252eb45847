"""What is on the panel: each screen, from a ``Show`` to an image. Pure."""
