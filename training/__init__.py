"""Trainers, evaluation and export. Uses ``fashion_core``; nothing imports it."""
