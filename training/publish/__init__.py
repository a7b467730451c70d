"""What leaves a run: checkpoints, cards, curves, results, packs for a sprint and what comes back."""
