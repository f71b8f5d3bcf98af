"""Proves what criteria can and cannot do: which are never met, which are always met, and which decide nothing."""
