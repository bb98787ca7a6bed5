"""What others read: one outside format a file."""
