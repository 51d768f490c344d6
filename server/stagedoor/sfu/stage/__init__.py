"""One room's stage: who publishes, who watches, and how packets get from one to the other."""
