"""What resilient-circuits asks an app for: its configuration section and its self-test."""
