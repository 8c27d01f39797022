"""Storage: what a run leaves behind. Nothing outside this folder knows SQL."""
