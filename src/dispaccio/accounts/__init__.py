"""How people prove who they are: passwords, tokens, and how long a session lasts."""
