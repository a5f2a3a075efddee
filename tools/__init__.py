"""What makes the project's generated parts; nothing here is installed."""
