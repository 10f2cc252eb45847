"""The sale: what happens next. Pure: events in, effects out; imports money and nothing else."""
