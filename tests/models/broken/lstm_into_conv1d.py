# cnn-shapes check lstm_into_conv1d.py:Net --input 100x40
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(40, 128, batch_first=True)
        self.conv = nn.Conv1d(128, 64, 3)
        self.again = nn.GRU(64, 32, batch_first=True)
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        x, _ = self.lstm(x)
        x = F.relu(self.conv(x))
        x, state = self.again(x)
        return self.head(state[-1])
