"""From a notebook with solutions to the copy that students get."""
