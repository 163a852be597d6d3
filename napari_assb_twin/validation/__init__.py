"""How well a twin from planes of one half of a volume predicts the other half."""
