"""Paired comparisons: arms that differ in one thing, on the same seeds, splits and limits."""
