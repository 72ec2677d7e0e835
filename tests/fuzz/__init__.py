"""Every parser of hostile bytes as a fuzz target, its seeds, and the fuzzer that drives it."""
