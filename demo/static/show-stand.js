() => toileShow('#stand', 'nearest')
