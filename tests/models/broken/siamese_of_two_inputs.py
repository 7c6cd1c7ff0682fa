# cnn-shapes check siamese_of_two_inputs.py:Net --input 1x105x105 --input 1x105x105
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 64, 10),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(64, 128, 7),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(128, 128, 4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(128, 256, 4),
            nn.ReLU(),
        )
        self.embed = nn.Linear(256 * 7 * 7, 4096)
        self.score = nn.Linear(4096, 1)

    def once(self, x):
        return torch.sigmoid(self.embed(torch.flatten(self.features(x), 1)))

    def forward(self, a, b):
        return self.score(torch.abs(self.once(a) - self.once(b)))
