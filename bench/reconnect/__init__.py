"""The network gone for a while at each seat state, in the page and in the Python client."""
