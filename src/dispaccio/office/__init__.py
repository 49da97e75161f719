"""Private pages: what the people of a wire do in a browser."""
