"""Schematron: what the official rule files say, taken out of the stylesheets they are published as."""

from __future__ import annotations
