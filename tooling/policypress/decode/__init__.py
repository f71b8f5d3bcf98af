"""Nodes -> model, collecting every fault. One definition of each file's form serves reader and JSON Schema."""
