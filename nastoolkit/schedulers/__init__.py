"""Schedulers: how long each network of a population is trained."""
