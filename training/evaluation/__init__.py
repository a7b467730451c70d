"""What is measured: scores of classifiers, of generators and of what was learnt from."""
