"""The whole system on one machine, on loopback."""

ACCOUNT = "000000000000"
REGION = "us-east-1"
INSTANCE = f"{ACCOUNT}.{REGION}"
"""The instance ID of the embedded registry: it stands where ECR stands in an account."""
