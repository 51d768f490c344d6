"""How much may be sent to whom: estimates, budgets, and the layers chosen by them."""
