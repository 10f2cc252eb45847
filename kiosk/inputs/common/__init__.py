"""Parts that several inputs share: counters, limits, replies, repeats, the outbox."""
