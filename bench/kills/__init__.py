"""A server and its media workers killed at random moments, and what becomes of the people."""
