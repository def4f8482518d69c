"""Makes the golden numbers of the tests with PyTorch: /usr/bin/python3 make_goldens.py (Debian: python3-torch).

Weights and inputs are float32 numbers; everything is computed from them in float64. The layers here are PyTorch's own, or
written from the papers; weights go by the names of MLNet.Sequence.
"""
import json
import os

import torch
from torch import nn
from torch.nn.utils import weight_norm

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_default_dtype(torch.float64)


def as_float(tensor):
    """The nearest float32 numbers, in float64."""
    return tensor.float().double()


def draw(*shape):
    return as_float(torch.randn(*shape))


def packed(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


def write(name, content):
    with open(os.path.join(HERE, name + ".json"), "w", newline="\n") as file:
        json.dump({"torch": torch.__version__, **content}, file, separators=(",", ":"))
        file.write("\n")


def write_network(name, module, x, names):
    """names: the parameter's name in the module -> ours. Gradients are those of half the sum of squares."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(as_float(0.4 * draw(*parameter.shape)))
    y = module(x)
    (0.5 * y.square().sum()).backward()
    parameters = dict(module.named_parameters())
    assert set(parameters) == set(names), set(parameters) ^ set(names)
    weights, gradients = {}, {}
    for theirs, ours in names.items():
        # PyTorch keeps weight_g as [out, 1, 1]; ours is [out].
        shape = (lambda t: t.reshape(-1)) if theirs.endswith("weight_g") else (lambda t: t)
        weights[ours] = packed(shape(parameters[theirs]))
        gradients[ours] = packed(shape(parameters[theirs].grad))
    write(name, {"input": packed(x), "weights": weights, "output": packed(y), "gradients": gradients})


class Recurrent(nn.Module):
    """Two layers of one of PyTorch's recurrent networks, without its last state."""

    def __init__(self, kind, **options):
        super().__init__()
        self.recurrent = kind(3, 5, num_layers=2, batch_first=True, **options)

    def forward(self, x):
        return self.recurrent(x)[0]


class CausalConv(nn.Module):
    """Zeros before the first step, so that an output sees no later input."""

    def __init__(self, inputs, outputs, kernel, dilation, normalized):
        super().__init__()
        conv = nn.Conv1d(inputs, outputs, kernel, dilation=dilation)
        self.conv = weight_norm(conv) if normalized else conv
        self.before = (kernel - 1) * dilation

    def forward(self, x):
        return self.conv(nn.functional.pad(x.transpose(1, 2), (self.before, 0))).transpose(1, 2)


class TcnBlock(nn.Module):
    """Bai, Kolter and Koltun 2018, figure 1 (b): twice convolution, rectifier; a 1x1 shortcut; a rectifier on the sum."""

    def __init__(self, inputs, outputs, kernel, dilation):
        super().__init__()
        self.first = CausalConv(inputs, outputs, kernel, dilation, normalized=True)
        self.second = CausalConv(outputs, outputs, kernel, dilation, normalized=True)
        self.shortcut = nn.Linear(inputs, outputs) if inputs != outputs else None

    def forward(self, x):
        f = torch.relu(self.second(torch.relu(self.first(x))))
        return torch.relu(f + (x if self.shortcut is None else self.shortcut(x)))


class Normalized(nn.Module):
    """Kim et al. 2022, equations 1 to 3 without the affine map, around a dense layer on the last step."""

    def __init__(self, channels, targets, horizon):
        super().__init__()
        self.dense = nn.Linear(channels, targets * horizon)
        self.targets = targets

    def forward(self, x):
        mean = x.mean(dim=1, keepdim=True)
        deviation = torch.sqrt(x.var(dim=1, keepdim=True, unbiased=False) + 1e-5)
        y = self.dense(((x - mean) / deviation)[:, -1]).reshape(len(x), -1, self.targets)
        return (y * deviation[..., : self.targets] + mean[..., : self.targets]).reshape(len(x), -1)


RECURRENT = {f"recurrent.{part}_{kind}_l{layer}": f"{layer}.{part}_{kind}"
             for layer in range(2) for part in ("weight", "bias") for kind in ("ih", "hh")}


def networks():
    torch.manual_seed(1)
    write_network("lstm", Recurrent(nn.LSTM), draw(3, 9, 3), RECURRENT)
    write_network("dense", nn.Linear(4, 3), draw(3, 5, 4), {"weight": "weight", "bias": "bias"})
    write_network("causal_conv", CausalConv(3, 4, 3, 2, normalized=False), draw(2, 11, 3),
                  {"conv.weight": "weight", "conv.bias": "bias"})
    write_network("causal_conv_weight_normalized", CausalConv(3, 4, 2, 3, normalized=True), draw(2, 11, 3),
                  {"conv.weight_v": "weight_v", "conv.weight_g": "weight_g", "conv.bias": "bias"})
    tcn, names = nn.Sequential(TcnBlock(3, 4, 3, 1), TcnBlock(4, 4, 3, 2)), {}
    for level in range(2):
        for i, half in enumerate(("first", "second")):
            for part in ("weight_v", "weight_g", "bias"):
                names[f"{level}.{half}.conv.{part}"] = f"{level}.0.inner.{2 * i}.{part}"
    names |= {f"0.shortcut.{part}": f"0.0.shortcut.{part}" for part in ("weight", "bias")}
    write_network("tcn", tcn, draw(2, 16, 3), names)
    write_network("window_normalized", Normalized(3, 2, 4), as_float(5 + 2 * draw(3, 10, 3)),
                  {"dense.weight": "inner.1.weight", "dense.bias": "inner.1.bias"})


def recurrent_networks():
    torch.manual_seed(3)
    write_network("rnn", Recurrent(nn.RNN), draw(3, 9, 3), RECURRENT)
    write_network("rnn_relu", Recurrent(nn.RNN, nonlinearity="relu"), draw(3, 9, 3), RECURRENT)
    write_network("gru", Recurrent(nn.GRU), draw(3, 9, 3), RECURRENT)


def optimizers():
    torch.manual_seed(2)
    matrix, bias = draw(3, 4), draw(3)
    gradients = [(draw(3, 4), draw(3)) for _ in range(10)]
    cases = {
        "adam": (torch.optim.Adam, dict(lr=0.05, weight_decay=0.1)),
        "adamW": (torch.optim.AdamW, dict(lr=0.05, weight_decay=0.1)),
        "sgd": (torch.optim.SGD, dict(lr=0.05, weight_decay=0.1)),
        "momentum": (torch.optim.SGD, dict(lr=0.05, weight_decay=0.1, momentum=0.9)),
        "nesterov": (torch.optim.SGD, dict(lr=0.05, weight_decay=0.1, momentum=0.9, nesterov=True)),
        "rmsProp": (torch.optim.RMSprop, dict(lr=0.01, weight_decay=0.1)),
    }
    steps = {name: optimizer_steps(kind, options, (matrix, bias), gradients) for name, (kind, options) in cases.items()}
    write("optimizers", {
        "matrix": packed(matrix), "bias": packed(bias),
        "gradients": [{"matrix": packed(m), "bias": packed(b)} for m, b in gradients], "steps": steps})


def optimizer_steps(kind, options, start, gradients):
    """Weight decay on the matrix alone; matrix and bias after each step."""
    matrix, bias = (nn.Parameter(part.clone()) for part in start)
    optimizer = kind([{"params": [matrix]}, {"params": [bias], "weight_decay": 0}], **options)
    after = []
    for matrix.grad, bias.grad in ((m.clone(), b.clone()) for m, b in gradients):
        optimizer.step()
        after.append({"matrix": packed(matrix), "bias": packed(bias)})
    return after


def schedules():
    losses = [5, 4, 4.5, 4.2, 3.9, 3.9, 3.95, 4, 3, 3.1, 3.2, 2.999, 3.3, 3.3, 3.3, 3.3]
    plateaus = [{"patience": patience, "gamma": gamma, "threshold": threshold,
                 "factors": plateau(losses, patience, gamma, threshold)}
                for patience, gamma, threshold in ((1, 0.5, 0.0), (2, 0.1, 0.0), (3, 0.25, 0.01))]
    lr = torch.optim.lr_scheduler
    write("schedules", {
        "cosine": factors(lambda o: lr.CosineAnnealingLR(o, T_max=40, eta_min=0.0), 40),
        "cosineToATenth": factors(lambda o: lr.CosineAnnealingLR(o, T_max=40, eta_min=0.1), 40),
        "oneCycle": factors(lambda o: lr.OneCycleLR(o, max_lr=1, total_steps=100, cycle_momentum=False), 99),
        "oneCycleShort": factors(lambda o: lr.OneCycleLR(
            o, max_lr=1, total_steps=23, pct_start=0.45, div_factor=10, final_div_factor=100, cycle_momentum=False), 22),
        "step": factors(lambda o: lr.StepLR(o, step_size=3, gamma=0.1), 12),
        "losses": losses,
        "plateaus": plateaus})


def optimizer():
    return torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1)


def factors(schedule, steps):
    """The rate before each step and after the last, where the full rate is 1."""
    sgd = optimizer()
    running = schedule(sgd)
    rates = [sgd.param_groups[0]["lr"]]
    for _ in range(steps):
        sgd.step()
        running.step()
        rates.append(sgd.param_groups[0]["lr"])
    return rates


def plateau(losses, patience, gamma, threshold):
    """PyTorch cuts when more than its patience of epochs were bad; ours when as many were."""
    sgd = optimizer()
    running = torch.optim.lr_scheduler.ReduceLROnPlateau(
        sgd, patience=patience - 1, factor=gamma, threshold=threshold, threshold_mode="rel", eps=0)
    rates = []
    for loss in losses:
        running.step(loss)
        rates.append(sgd.param_groups[0]["lr"])
    return rates


networks()
recurrent_networks()
optimizers()
schedules()
