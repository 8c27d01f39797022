"""Fitness functions: how good a trained network is."""
