"""The layers of one family in a framework, where its table has no room for them."""
