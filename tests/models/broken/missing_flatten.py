# cnn-shapes check missing_flatten.py:Net --input 1x28x28
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 32, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Linear(32 * 12 * 12, 10),
        )

    def forward(self, x):
        return self.layers(x)
