"""The one way to change a text: patches of its tree, the edits that write them, proof that all else stays.

A patch says where (a node of the tree, or an entry of a list of layers) and what is done there; `edits_of`
turns patches into edits of the text, and `apply` makes them, proved to change nothing else. The same
patches are an overlay for `language.overlay`, which tries them without a text.
"""
