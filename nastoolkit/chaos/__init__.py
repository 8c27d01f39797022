"""Cellular automata and Boolean networks between order and chaos, and what tells the two apart."""
