"""Dashboards as code, rendered to JSON for Grafana and to alert rules."""
