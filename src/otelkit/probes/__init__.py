"""Probes of the instrumentations that services use, one file each: see `otelkit.doctor`."""
