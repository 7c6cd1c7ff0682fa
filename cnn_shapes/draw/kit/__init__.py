"""What every picture is made of: SVG with its styles, text that keeps its bounds, arrows."""
