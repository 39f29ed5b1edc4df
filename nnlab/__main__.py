"""`python -m nnlab` is the command `nnlab`, for shells that do not find it."""

from nnlab.cli import main

raise SystemExit(main())
