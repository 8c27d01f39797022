"""The wall between a search and components that others wrote: what goes wrong behind it is contained and named."""
