"""Modules that do in their code what none should do, or give what is not a tensor."""

import dataclasses
import os
import sys
import threading
import time
from typing import NamedTuple

import torch
from torch import nn


class Raises(nn.Module):
    def __init__(self):
        raise KeyError("\x1b[31mgone\x1b[0m\n::error::now")


class Prints(nn.Module):
    def __init__(self):
        super().__init__()
        print("\x1b[31mnoise", flush=True)
        os.write(1, b"more noise\n")
        os.write(2, b"\x1b[2Jcleared\n")
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        print("noise in forward")
        return self.conv(x)


class Exits(nn.Module):
    def __init__(self):
        sys.exit("enough")


class ExitsZero(nn.Module):
    def __init__(self):
        os._exit(0)


class Forks(nn.Module):
    def __init__(self):
        super().__init__()
        if os.fork() == 0:
            time.sleep(600)
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return self.conv(x)


class Endless(nn.Module):
    def __init__(self):
        super().__init__()
        while True:
            pass


class EndlessForward(nn.Module):
    def forward(self, x):
        while True:
            time.sleep(1)


class Recurses(nn.Module):
    def forward(self, x):
        return self.forward(x)


class Branches(nn.Module):
    def forward(self, x):
        if x.mean() > 0:
            return x
        return -x


class Item(nn.Module):
    def forward(self, x):
        return x[:, : int(x.max().item())]


class Nonzero(nn.Module):
    def forward(self, x):
        return x[x > 0]


class Keys(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return {"\x1b[31mout": self.conv(x), 3: [x, None, "text"], "loss": 0.5}


@dataclasses.dataclass
class Answer:
    scores: torch.Tensor
    extra: object = None


class Data(Keys):
    def forward(self, x):
        return Answer(self.conv(x), (x, x))


class Pair(NamedTuple):
    left: torch.Tensor
    right: torch.Tensor


class Tuples(Keys):
    def forward(self, x):
        return Pair(self.conv(x), x), [(self.conv(x),)]


class Nothing(Keys):
    def forward(self, x):
        self.conv(x)


class Numbers(Keys):
    def forward(self, x):
        return 3


class Complex(nn.Module):
    def forward(self, x):
        return torch.fft.fft2(x).abs()


class ComplexView(nn.Module):
    def forward(self, x):
        return torch.view_as_complex(torch.stack([x, x], -1))


class Many(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(*(nn.Conv2d(3, 3, 1) for _ in range(5000)))

    def forward(self, x):
        return self.layers(x)


class Interrupts(nn.Module):
    def forward(self, x):
        raise KeyboardInterrupt


class NoText(nn.Module):
    def forward(self, x):
        raise type("\x1b[31mOdd", (Exception,), {"__str__": lambda self: 1 / 0})()


class Kills(nn.Module):
    def forward(self, x):
        os.kill(os.getpid(), 9)


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.LazyConv2d(4, 3)

    def forward(self, x):
        return self.conv(x)


class Threads(nn.Module):
    def __init__(self):
        super().__init__()
        threading.Thread(target=time.sleep, args=(600,)).start()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return self.conv(x)


Odd = type("\x1b[31mRed\n::error::x", (Keys,), {"forward": lambda self, x: self.conv(x)})
