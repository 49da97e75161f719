"""For tests, ours and those of plug-ins: sample releases and the contracts of plug-ins."""
