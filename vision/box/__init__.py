"""The box on which the service runs: its systemd unit, and what is said to systemd."""
