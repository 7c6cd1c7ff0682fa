"""Models of Keras: their run in a process of its own, what it recorded, and that as layers."""
