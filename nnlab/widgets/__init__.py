"""The JavaScript views and their Python side: they show payloads, and know nothing of layers."""
