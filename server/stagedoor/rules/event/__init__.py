"""Running the event: who may come in, names, removal and bans, and what speaking brings about."""
