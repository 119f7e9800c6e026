"""Measurements: what the README claims, taken again by one command."""
