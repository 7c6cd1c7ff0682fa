# cnn-shapes check norm_of_tokens.py:Net --input 50
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(1000, 128)
        self.bn = nn.BatchNorm1d(128)
        self.conv = nn.Conv1d(128, 64, 5)
        self.fc = nn.Linear(64, 2)

    def forward(self, x):
        x = self.bn(self.embed(x))
        x = F.relu(self.conv(x))
        return self.fc(x.max(2)[0])
