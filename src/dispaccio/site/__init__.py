"""The public site: pages, feeds and twins of what is published, for people and programs."""
