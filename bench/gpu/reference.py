"""The networks of workloads.json in PyTorch: training steps and scoring, and a table of both beside ours.

usage: reference.py DEVICE SIZE OURS    (OURS: what `MLNet.Sequence.Bench device-steps` printed, one JSON object a line)

A training step is forward, mean squared error, backward, clipping of the gradient's norm, Adam, and reading the loss; scoring
is from an array in the host's memory to another. Both as the library does them, with TF32 off.
"""
import json
import math
import os
import statistics
import sys
import time

import torch
from torch import nn


class LastStep(nn.Module):
    def forward(self, x):  # [B, T, C] -> [B, C]
        return x[:, -1]


class Lstm(nn.Module):
    def __init__(self, inputs, hidden, layers=1, dropout=0.0):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden, layers, batch_first=True, dropout=dropout)

    def forward(self, x):
        return self.lstm(x)[0]


def weight_norm(module):
    try:
        return nn.utils.parametrizations.weight_norm(module)
    except AttributeError:  # before PyTorch 2.0
        return nn.utils.weight_norm(module)


class TcnBlock(nn.Module):
    """Two weight-normalised causal convolutions with ReLU, and a shortcut (arXiv 1803.01271, section 3)."""

    def __init__(self, inputs, channels, kernel, dilation):
        super().__init__()
        self.padding = (kernel - 1) * dilation
        self.first = weight_norm(nn.Conv1d(inputs, channels, kernel, dilation=dilation))
        self.second = weight_norm(nn.Conv1d(channels, channels, kernel, dilation=dilation))
        self.shortcut = nn.Conv1d(inputs, channels, 1) if inputs != channels else nn.Identity()

    def forward(self, x):  # [B, C, T]
        y = torch.relu(self.first(nn.functional.pad(x, (self.padding, 0))))
        y = torch.relu(self.second(nn.functional.pad(y, (self.padding, 0))))
        return torch.relu(self.shortcut(x) + y)


class Tcn(nn.Module):
    def __init__(self, inputs, levels, channels):
        super().__init__()
        self.blocks = nn.Sequential(*[TcnBlock(inputs if i == 0 else channels, channels, 3, 1 << i) for i in range(levels)])

    def forward(self, x):
        return self.blocks(x.transpose(1, 2)).transpose(1, 2)  # [B, T, C] -> [B, C, T] -> [B, T, C]


class Attention(nn.Module):
    """Causal self-attention with rotary positions (arXiv 1706.03762, 2104.09864)."""

    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.into = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)

    def turn(self, x):  # [B, H, T, d]
        steps, width = x.shape[2], x.shape[3]
        rates = 10000.0 ** (-2 * torch.arange(width // 2, dtype=torch.float64, device=x.device) / width)
        angles = torch.outer(torch.arange(steps, dtype=torch.float64, device=x.device), rates)
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        a, b = x.unflatten(3, (width // 2, 2)).unbind(4)
        return torch.stack([a * cos - b * sin, a * sin + b * cos], 4).flatten(3)

    def forward(self, x):
        rows, steps, channels = x.shape
        q, k, v = self.into(x).view(rows, steps, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q, k = self.turn(q), self.turn(k)
        if hasattr(nn.functional, "scaled_dot_product_attention"):
            y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:  # before PyTorch 2.0
            scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[3])
            hidden = torch.ones(steps, steps, dtype=torch.bool, device=x.device).triu(1)
            y = scores.masked_fill(hidden, -math.inf).softmax(3) @ v
        return self.out(y.transpose(1, 2).reshape(rows, steps, channels))


class Transformer(nn.Module):
    def __init__(self, inputs, channels, layers, heads):
        super().__init__()
        self.into = nn.Linear(inputs, channels)
        self.parts = nn.ModuleList()
        for _ in range(layers):
            self.parts.append(nn.Sequential(nn.LayerNorm(channels), Attention(channels, heads)))
            self.parts.append(nn.Sequential(
                nn.LayerNorm(channels), nn.Linear(channels, 4 * channels), nn.ReLU(), nn.Linear(4 * channels, channels)))
        self.norm = nn.LayerNorm(channels)

    def forward(self, x):
        x = self.into(x)
        for part in self.parts:
            x = x + part(x)
        return self.norm(x)


def networks(work):
    inputs = work["inputs"]
    for name, body, width in [
        ("lstm", Lstm(inputs, work["lstm"]), work["lstm"]),
        ("lstm-dropout", Lstm(inputs, work["lstm"], 2, 0.2), work["lstm"]),
        ("tcn", Tcn(inputs, *work["tcn"]), work["tcn"][1]),
        ("transformer", Transformer(inputs, *work["transformer"]), work["transformer"][0]),
    ]:
        yield name, nn.Sequential(body, LastStep(), nn.Linear(width, work["outputs"]))


def median_ms(rounds, run, device):
    times = []
    for i in range(rounds + 5):
        start = time.perf_counter()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        if i >= 5:
            times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def measure(network, work, device):
    network = network.to(device)
    host = torch.randn(work["batch"], work["steps"], work["inputs"])
    x, y = host.to(device), torch.randn(work["batch"], work["outputs"], device=device)
    adam = torch.optim.Adam(network.parameters(), lr=1e-3)

    def train():
        adam.zero_grad()
        loss = nn.functional.mse_loss(network(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        return loss.item()

    def score():
        network.eval()
        with torch.inference_mode():
            return network(host.to(device)).cpu()

    return sum(p.numel() for p in network.parameters()), median_ms(work["rounds"], train, device), median_ms(work["rounds"], score, device)


def main():
    device, size, ours_path = torch.device(sys.argv[1]), sys.argv[2], sys.argv[3]
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    if device.type == "cpu":
        torch.set_num_threads(1)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "workloads.json")) as file:
        work = json.load(file)[size]
    with open(ours_path) as file:
        ours = {line["model"]: line for line in map(json.loads, filter(lambda text: text.startswith("{"), file))}
    where = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU, one thread"
    print(f"{where}; PyTorch {torch.__version__}; batch {work['batch']} x {work['steps']} steps; ms, median of {work['rounds']}")
    print(f"{'':13}{'weights':>10} {'train':>8} {'PyTorch':>8} {'ratio':>6} {'score':>8} {'PyTorch':>8} {'ratio':>6}   loss, first to last")
    worst = math.inf
    for name, network in networks(work):
        weights, train, score = measure(network, work, device)
        if name not in ours:
            print(f"{name:13} ours did not run")
            worst = 0
            continue
        own = ours[name]
        note = "" if own["weights"] == weights else f"   (PyTorch's has {weights} weights)"
        ratios = train / own["train_ms"], score / own["score_ms"]
        worst = min(worst, *ratios)
        print(f"{name:13}{own['weights']:>10} {own['train_ms']:8.2f} {train:8.2f} {ratios[0]:6.2f} "
              f"{own['score_ms']:8.2f} {score:8.2f} {ratios[1]:6.2f}   {own['first_loss']:.3f} to {own['last_loss']:.3f}{note}")
    print(f"lowest ratio {worst:.2f} (aim: 1.0 on each row)")
    return 0 if worst >= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
