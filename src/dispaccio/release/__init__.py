"""What a release is: its model, its body, its states, its label, its canonical bytes. Pure."""
