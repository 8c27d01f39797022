"""Initializers: the domains that a first population is drawn from."""
