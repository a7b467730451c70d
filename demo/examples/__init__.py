"""Drawn garments to click on; ``draw.py`` made them."""
