"""Versions that outputs carry."""

TOOL_VERSION = "0.1.0"
SCHEMA_VERSION = "1.1.0"
