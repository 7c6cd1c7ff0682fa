# cnn-shapes check transposed_off_by_one.py:Autoencoder --input 1x28x28
import torch
from torch import nn


class Autoencoder(nn.Module):
    """28 -> 14 -> 7 and back: without output_padding it is 13 and 25."""

    def __init__(self):
        super().__init__()
        self.down1 = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.down2 = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.up1 = nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1)
        self.up2 = nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1)

    def forward(self, x):
        a = torch.relu(self.down1(x))
        b = torch.relu(self.down2(a))
        out = torch.relu(self.up1(b)) + a
        return torch.sigmoid(self.up2(out))
