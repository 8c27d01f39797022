"""Competition between the layers of trained networks."""
