"""What this process must not forget: what waits for the broker, what was processed, shipments."""
