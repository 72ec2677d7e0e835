"""Serving the console: its files, and how people sign in to it."""
