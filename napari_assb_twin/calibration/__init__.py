"""From sections to a twin."""
