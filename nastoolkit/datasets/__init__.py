"""Data sets: where rows come from, and how they are split and prepared."""
