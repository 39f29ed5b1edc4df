"""The version of nnlab: the build, the package and the marks file all read it here."""

__version__ = "0.1.0"
