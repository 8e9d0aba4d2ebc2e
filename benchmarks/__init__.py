"""The published figures, each from one command; results are written down in docs/benchmarks.md."""
