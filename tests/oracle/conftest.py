"""One thread is faster for tensors this small, and more so beside other tests."""

import torch

torch.set_num_threads(1)
