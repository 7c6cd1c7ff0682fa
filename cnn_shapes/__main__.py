"""`python -m cnn_shapes` is `cnn-shapes`."""

import sys

from cnn_shapes.cli import main

if __name__ == "__main__":
    sys.exit(main())
