"""How checks read a revision: its passages, characters, dates and domains."""
