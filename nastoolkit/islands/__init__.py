"""Islands: populations that evolve side by side and exchange individuals, none waiting for another."""
