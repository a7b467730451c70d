() => toileShow('#compare', 'nearest')
