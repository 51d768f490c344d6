"""The engine's processes: the server's side of them, and what they say to each other."""
