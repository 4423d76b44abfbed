"""What one stack under load has sent is read back: a package, so that its stack ends with it."""
