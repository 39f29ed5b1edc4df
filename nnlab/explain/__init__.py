"""Static rendering: what a trace, a model and a training look like as text, tables and pictures. No widgets."""
