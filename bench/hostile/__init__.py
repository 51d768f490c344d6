"""All that the table of permissions forbids, tried at a real server; ``__main__`` says how."""
