# cnn-shapes check layers_in_a_list.py:Net --input 3x32x32
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    """Layers in a plain list and in forward, which no optimizer gets, and one that does not fit."""

    def __init__(self):
        super().__init__()
        self.convs = [nn.Conv2d(3, 16, 3), nn.Conv2d(32, 32, 3)]
        self.norms = {"first": nn.BatchNorm2d(16)}

    def forward(self, x):
        x = F.relu(self.norms["first"](self.convs[0](x)))
        x = F.relu(self.convs[1](x))
        return nn.Linear(32, 10)(x.mean((2, 3)))
