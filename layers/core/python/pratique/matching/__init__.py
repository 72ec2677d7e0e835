"""Is this package affected?  Candidates, ranges, severity, priority, evidence."""
