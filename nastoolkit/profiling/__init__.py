"""Where a search's time goes, and what the machine made of it."""
