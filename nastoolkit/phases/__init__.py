"""The phases of a search (paper, Algorithm 1): each takes one generation to the next."""
