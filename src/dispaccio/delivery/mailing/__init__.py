"""Mail as bytes, written and read: addresses, headers, messages, DKIM, tokens, bounces. Pure."""
