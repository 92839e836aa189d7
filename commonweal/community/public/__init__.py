"""What the public reads of a need, written whenever the need changes."""
