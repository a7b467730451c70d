"""What is measured: scores of classifiers, of generators and of what was learnt from."""

#: Folder of runs for the weights of models that lose to a better one: they are measured but not shipped.
UNSHIPPED = "unshipped"
