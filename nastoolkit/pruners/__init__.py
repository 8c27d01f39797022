"""Pruners: what is taken away from the best networks."""
