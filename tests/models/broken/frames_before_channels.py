# cnn-shapes check frames_before_channels.py:Net --input 16x3x112x112
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    """Frames first where the channels are wanted."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv3d(3, 64, 3, padding=1)
        self.pool1 = nn.MaxPool3d((1, 2, 2))
        self.conv2 = nn.Conv3d(64, 128, 3, padding=1)
        self.pool2 = nn.MaxPool3d(2)
        self.fc = nn.Linear(128 * 8 * 28 * 28, 10)

    def forward(self, x):
        x = self.pool1(F.relu(self.conv1(x)))
        x = self.pool2(F.relu(self.conv2(x)))
        return self.fc(x.flatten(1))
