"""The sale: what happens next. Pure: events in, effects out. Imports only money from us."""
