# cnn-shapes check shared_and_wrong.py:Net --input 3x32x32 --input 3x32x32
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
        self.shared = nn.Conv2d(16, 8, 3)

    def forward(self, left, right):
        left = self.shared(self.stem(left).relu())
        right = self.shared(self.stem(right).relu())
        return left + right
