# cnn-shapes check separable_of_another_width.py:Net --input 3x32x32
from torch import nn
from torch.nn import functional as F


class Separable(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.depth = nn.Conv2d(i, i, 3, padding=1, groups=i)
        self.point = nn.Conv2d(i, o, 1)

    def forward(self, x):
        return self.point(F.relu(self.depth(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 24, 3)
        self.a = Separable(32, 64)
        self.b = Separable(64, 128)
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        x = self.b(F.relu(self.a(F.relu(self.stem(x)))))
        return self.fc(x.mean((2, 3)))
