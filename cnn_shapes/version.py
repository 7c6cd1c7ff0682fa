"""The version of the package: here alone, so that a copy that is not installed knows it too."""

VERSION = "0.1.0"
