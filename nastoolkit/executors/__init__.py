"""Executors: where a population is trained and scored."""
