"""The client's window, by Qt. What needs no toolkit is in modules that do not import it."""
