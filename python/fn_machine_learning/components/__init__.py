"""What resilient-circuits loads."""
