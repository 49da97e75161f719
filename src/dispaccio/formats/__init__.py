"""The formats in which a release comes and goes, one a file or folder. Pure."""
