"""How text comes in: one Submission, whatever the door."""
