"""From a failed layer to its problem: the cause upstream, one problem a cause; what is silenced."""
