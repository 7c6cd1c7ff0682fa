# cnn-shapes check layernorm_of_channels.py:Net --input 3x64x48
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 64, 4, stride=4)
        self.norm = nn.LayerNorm(64)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        x = self.norm(self.patches(x))
        return self.head(x.mean((2, 3)))
