from cnn_shapes.commands.parts.runs import Request


def watch_over(request: Request) -> None: ...
