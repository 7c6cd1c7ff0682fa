# cnn-shapes check depthwise_of_another_width.py:Net --input 3x32x32
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 30, 3)
        self.grouped = nn.Conv2d(32, 64, 3, groups=4)
        self.depth = nn.Conv2d(48, 48, 3, groups=48)
        self.even = nn.Conv2d(48, 48, 4, padding=1)

    def forward(self, x):
        x = F.relu(self.grouped(F.relu(self.stem(x))))
        x = F.relu(self.depth(x))
        return F.relu(self.even(x)) + x
