"""The one door out: which addresses the wire sends to, and the client that sends."""
