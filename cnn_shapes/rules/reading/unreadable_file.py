"""A file or folder cannot be opened.

Why: The path is misspelt, the file is gone, or its permissions keep it closed. The other files are still
checked, and the exit code is 2: what could not be read was not checked. There is no YAML to show: the file
never came to be read.

Source: the operating system's own reason stands behind the path (POSIX, errno.h).
"""
