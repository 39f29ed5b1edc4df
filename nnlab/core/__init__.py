"""The contract of a layer: what it records, how it is called, how it is watched."""
