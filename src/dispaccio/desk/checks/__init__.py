"""The checks that a release passes through, one a file."""
