# cnn-shapes check first_state_of_one_layer.py:Net --input 20x32
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(32, 64, num_layers=2, batch_first=True)
        self.fc = nn.Linear(64, 5)

    def forward(self, x):
        h = torch.zeros(1, x.size(0), 64)
        y, h = self.gru(x, h)
        return self.fc(y[:, -1])
