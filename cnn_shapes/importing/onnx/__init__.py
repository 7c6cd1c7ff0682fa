"""Models in ONNX files: their graph in the language's layers."""
