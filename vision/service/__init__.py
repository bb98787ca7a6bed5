"""The HTTP side of the house: it reads the ledger, hears events, and has never shared a process with a pixel."""
