"""Sources of advisories, brought to one shape, and the database made of them."""
