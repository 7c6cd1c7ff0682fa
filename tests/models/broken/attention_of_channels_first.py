# cnn-shapes check attention_of_channels_first.py:Net --input 3x64x64
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 128, 8, stride=8)
        self.attention = nn.MultiheadAttention(128, 4, batch_first=True)
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv(x)).flatten(2)
        x, _ = self.attention(x, x, x)
        return self.head(x.mean(1))
