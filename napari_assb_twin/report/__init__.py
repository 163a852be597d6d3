"""How well a twin fits its data, as pictures and words: one page, and the same in the window."""
