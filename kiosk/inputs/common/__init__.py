"""What several inputs share: counters, limits, replies, repeats."""
