"""An evening of a whole server: a full room in which everything goes on, for an hour."""
