"""The API, ``/api/v1``: the same use cases as the command line, over HTTP."""
