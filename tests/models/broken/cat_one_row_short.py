# cnn-shapes check cat_one_row_short.py:UNet --input 1x50x50
import torch
from torch import nn


class UNet(nn.Module):
    """25 is odd: the pool drops a row, and what comes up again is one short of the skip."""

    def __init__(self):
        super().__init__()
        self.down1 = nn.Conv2d(1, 16, 3, padding=1)
        self.down2 = nn.Conv2d(16, 32, 3, padding=1)
        self.bottom = nn.Conv2d(32, 64, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.merge2 = nn.Conv2d(64, 32, 3, padding=1)
        self.up1 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.merge1 = nn.Conv2d(32, 1, 3, padding=1)

    def forward(self, x):
        a = torch.relu(self.down1(x))
        b = torch.relu(self.down2(self.pool(a)))
        c = torch.relu(self.bottom(self.pool(b)))
        up = torch.cat([self.up2(c), b], dim=1)
        up = torch.relu(self.merge2(up))
        return self.merge1(torch.cat([self.up1(up), a], dim=1))
