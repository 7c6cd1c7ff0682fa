# cnn-shapes check conv1d_on_an_image.py:Net --input 1x28x28
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 16, 5)
        self.pool = nn.MaxPool1d(2)
        self.head = nn.Linear(16 * 12, 10)

    def forward(self, x):
        return self.head(self.pool(self.conv1(x)).flatten(1))
