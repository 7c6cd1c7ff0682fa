# cnn-shapes check autoencoder_without_output_padding.py:Net --input 1x28x28
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.e1 = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.e2 = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.e3 = nn.Conv2d(32, 64, 7)
        self.d1 = nn.ConvTranspose2d(64, 32, 7)
        self.d2 = nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1)
        self.d3 = nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1)

    def forward(self, x):
        y = F.relu(self.e3(F.relu(self.e2(F.relu(self.e1(x))))))
        y = self.d3(F.relu(self.d2(F.relu(self.d1(y)))))
        return x - y
