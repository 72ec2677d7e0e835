"""VEX documents: what an author states not to be affected, or fixed, read as what suppressions may hide."""
