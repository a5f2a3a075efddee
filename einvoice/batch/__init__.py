"""Many documents: inputs -> work on all cores or a cluster -> results, a line each, and a summary (docs/scale.md)."""
