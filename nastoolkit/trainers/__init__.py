"""Trainers: populations of networks, trained at once. Nothing outside this folder knows Keras."""
