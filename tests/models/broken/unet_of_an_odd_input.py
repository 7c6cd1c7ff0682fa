# cnn-shapes check unet_of_an_odd_input.py:Net --input 3x150x150
import torch
from torch import nn


class Double(nn.Sequential):
    def __init__(self, i, o):
        super().__init__(nn.Conv2d(i, o, 3, padding=1), nn.ReLU(), nn.Conv2d(o, o, 3, padding=1), nn.ReLU())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.d1 = Double(3, 16)
        self.d2 = Double(16, 32)
        self.d3 = Double(32, 64)
        self.mid = Double(64, 128)
        self.pool = nn.MaxPool2d(2)
        self.u3 = nn.ConvTranspose2d(128, 64, 2, stride=2)
        self.c3 = Double(128, 64)
        self.u2 = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.c2 = Double(64, 32)
        self.u1 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.c1 = Double(32, 16)
        self.out = nn.Conv2d(16, 1, 1)

    def forward(self, x):
        a = self.d1(x)
        b = self.d2(self.pool(a))
        c = self.d3(self.pool(b))
        x = self.mid(self.pool(c))
        x = self.c3(torch.cat([self.u3(x), c], 1))
        x = self.c2(torch.cat([self.u2(x), b], 1))
        x = self.c1(torch.cat([self.u1(x), a], 1))
        return self.out(x)
