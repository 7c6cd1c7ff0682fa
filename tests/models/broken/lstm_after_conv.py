# cnn-shapes check lstm_after_conv.py:Crnn --input 1x32x128
from torch import nn


class Crnn(nn.Module):
    """Columns become steps: 64 channels of 8 rows are 512 features, and the LSTM takes 256."""

    def __init__(self, letters=40):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.lstm = nn.LSTM(256, 128, bidirectional=True, batch_first=True)
        self.head = nn.Linear(256, letters)

    def forward(self, x):
        x = self.features(x)
        steps = x.permute(0, 3, 1, 2).flatten(2)
        hidden, _ = self.lstm(steps)
        return self.head(hidden)
