"""The routes of the HTTP service, one noun a file."""
