# cnn-shapes check heads_that_do_not_divide.py:Net --input 3x224x224
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads, self.size = heads, 64
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(heads * 64, dim)

    def forward(self, x):
        b, n, _ = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
        x = (q @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.proj(x.transpose(1, 2).reshape(b, n, -1))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 384, 16, stride=16)
        self.attention = Attention(384, 8)
        self.head = nn.Linear(384, 10)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = x + self.attention(x)
        return self.head(x.mean(1))
