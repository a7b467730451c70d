"""What the app, the commands and the trainers answer today, written down so that a change of it shows.

A refactoring must leave these tests green as they are. Where an answer is meant to change, one command writes
all of it anew; commit what it changed on its own, with the reason:

    python -m pytest tests/golden --write-golden

Processors round differently, so numbers are compared with the small tolerances that each test names. To
prove that two commits answer the same to the last bit on one machine, write the files at the older commit,
then at the newer one: ``git diff tests/golden/expected`` must show nothing in between.

The files hold no photo of anybody: garments are drawn (:mod:`tests.drawing`), designs are our own generators'.
"""
