"""What things cost."""

PRICES_CENTS = {"tea": 300, "chair": 4500, "lamp": 1200}
