"""Payment terminals, as the one who is asked for money by a register: pure, from bytes to sales."""
