"""What the wire does to a submission before it is approved."""
