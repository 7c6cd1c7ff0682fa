# cnn-shapes check mat1_and_mat2.py:Net --input 3x32x32
import torch
from torch import nn


class Net(nn.Module):
    """What is asked most: the features of the first dense layer are those of another input."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.hidden = nn.Linear(32 * 7 * 7, 128)
        self.head = nn.Linear(128, 10)

    def forward(self, image):
        features = self.features(image)
        return self.head(torch.relu(self.hidden(features.flatten(1))))
