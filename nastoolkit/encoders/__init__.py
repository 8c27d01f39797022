"""Encoders: what the bits of a chromosome mean."""
