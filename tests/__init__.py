"""The tests. A package, since a development dependency installs one of the same name."""
