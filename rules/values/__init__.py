"""Frozen values that cross the layers."""
