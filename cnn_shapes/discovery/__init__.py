"""Which files are specs: in folders, as .gitignore allows, and those that ship with the package."""
