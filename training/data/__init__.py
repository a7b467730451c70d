"""What is read: the data sets, their labels and splits, and what is made from them."""
