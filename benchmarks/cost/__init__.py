"""What a network costs, beside what the machine could do."""
