"""The log's mathematics and files. Pure."""
