"""Genetic operators: selection, crossover, mutation, replacement."""
