"""What to do about a finding: the command, what it costs, why the image is affected, and the plan for a whole image."""
