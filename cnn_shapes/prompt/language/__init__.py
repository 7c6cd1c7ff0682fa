"""The short form: what a typed line means, and what may come next. It knows nothing of sessions."""
