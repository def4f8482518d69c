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


def write_network(name, module, x, names, shapes=None):
    """names: the parameter's name in the module -> ours; shapes: ours where they differ. Gradients are those of half the sum of squares."""
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
        own = (shapes or {}).get(ours, (-1,) if theirs.endswith("weight_g") else parameters[theirs].shape)
        weights[ours] = packed(parameters[theirs].reshape(own))
        gradients[ours] = packed(parameters[theirs].grad.reshape(own))
    write(name, {"input": packed(x), "weights": weights, "output": packed(y), "gradients": gradients})


class Recurrent(nn.Module):
    """One of PyTorch's recurrent networks, without its last state."""

    def __init__(self, kind, layers=2, **options):
        super().__init__()
        self.recurrent = kind(3, 5, num_layers=layers, batch_first=True, **options)

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


class GatedConv(nn.Module):
    """Dauphin et al. 2017, equation 1: (X*W + b) times sigmoid(X*V + c), W and V in one weight-normalised convolution."""

    def __init__(self, inputs, outputs, kernel):
        super().__init__()
        self.both = CausalConv(inputs, 2 * outputs, kernel, 1, normalized=True)

    def forward(self, x):
        return nn.functional.glu(self.both(x), dim=-1)


class GatedBlock(nn.Module):
    """Figure 1 and table 1 there: down to the bottleneck, the convolution, back up; the block's input is added."""

    def __init__(self, channels, bottleneck, kernel):
        super().__init__()
        self.down = GatedConv(channels, bottleneck, 1)
        self.inside = GatedConv(bottleneck, bottleneck, kernel)
        self.up = GatedConv(bottleneck, channels, 1)

    def forward(self, x):
        return x + self.up(self.inside(self.down(x)))


class WaveNet(nn.Module):
    """van den Oord et al. 2016, equation 2 and figure 4, up to the last rectifier; filter and gate apart."""

    def __init__(self, inputs, channels, skips, kernel, dilations):
        super().__init__()
        self.first = CausalConv(inputs, channels, kernel, 1, normalized=False)
        self.blocks = nn.ModuleList()
        for i, dilation in enumerate(dilations):
            block = nn.ModuleDict({
                "both": CausalConv(channels, 2 * channels, kernel, dilation, normalized=False),
                "skip": nn.Linear(channels, skips)})
            if i + 1 < len(dilations):
                block["residual"] = nn.Linear(channels, channels)
            self.blocks.append(block)
        self.dense = nn.Linear(skips, skips)

    def forward(self, x):
        x, total = self.first(x), 0
        for block in self.blocks:
            f, g = block["both"](x).chunk(2, dim=-1)
            z = torch.tanh(f) * torch.sigmoid(g)
            total = total + block["skip"](z)
            if "residual" in block:
                x = x + block["residual"](z)
        return torch.relu(self.dense(torch.relu(total)))


class Mlp(nn.Module):
    """A perceptron on the flattened window of each step, zeros before the first: weights [hidden, channels, window]."""

    def __init__(self, inputs, hidden, window):
        super().__init__()
        self.first = nn.Linear(inputs * window, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.window = window

    def forward(self, x):
        padded = nn.functional.pad(x, (0, 0, self.window - 1, 0))
        windows = padded.unfold(1, self.window, 1).flatten(2)
        return torch.relu(self.second(torch.relu(self.first(windows))))


class LstmNgram(nn.Module):
    """Chelba, Norouzi and Bengio 2017: one run of the LSTM for each step, from zeros over its last inputs."""

    def __init__(self, inputs, hidden, window):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden, batch_first=True)
        self.window = window

    def forward(self, x):
        last = [self.lstm(x[:, max(0, t - self.window + 1):t + 1])[0][:, -1] for t in range(x.shape[1])]
        return torch.stack(last, dim=1)


class Attention(nn.Module):
    """Vaswani et al. 2017, section 3.2, over the last steps; positions as complex factors (Su et al. 2021, equation 13)."""

    def __init__(self, channels, heads, window):
        super().__init__()
        self.into = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)
        self.heads, self.window = heads, window

    def forward(self, x):
        rows, steps, channels = x.shape
        width = channels // self.heads
        q, k, v = self.into(x).view(rows, steps, 3, self.heads, width).unbind(2)
        angles = torch.outer(torch.arange(steps).double(), 10_000 ** (-torch.arange(0, width, 2).double() / width))
        factors = torch.polar(torch.ones_like(angles), angles).view(steps, 1, width // 2)
        q, k = (torch.view_as_real(torch.view_as_complex(t.reshape(rows, steps, self.heads, -1, 2)) * factors).flatten(3) for t in (q, k))
        scores = torch.einsum("bthd,bshd->bhts", q, k) / width ** 0.5
        back = torch.arange(steps).view(-1, 1) - torch.arange(steps)
        scores = scores.masked_fill((back < 0) | (back >= self.window), float("-inf"))
        return self.out(torch.einsum("bhts,bshd->bthd", scores.softmax(-1), v).flatten(2))


class SelfAttention(nn.Module):
    """PyTorch's own attention; a step sees those up to it."""

    def __init__(self, channels, heads):
        super().__init__()
        self.attention = nn.MultiheadAttention(channels, heads, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, attn_mask=later(x.shape[1]), need_weights=False)[0]


class EncoderOfWaves(nn.Module):
    """PyTorch's own encoder, normalised first, on inputs with the waves of Vaswani et al. 2017, section 3.5."""

    def __init__(self, inputs, channels, heads, hidden, layers):
        super().__init__()
        self.into = nn.Linear(inputs, channels)
        layer = nn.TransformerEncoderLayer(channels, heads, hidden, dropout=0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(channels))

    def forward(self, x):
        x = self.into(x)
        steps, channels = x.shape[1:]
        angles = torch.outer(torch.arange(steps).double(), 10_000 ** (-torch.arange(0, channels, 2).double() / channels))
        waves = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
        return self.encoder(x + waves, mask=later(steps))


def later(steps):
    """True where a step may not look."""
    return torch.ones(steps, steps, dtype=torch.bool).triu(1)


class Patched(nn.Module):
    """One run of a GRU for each step, over the patches that end at it and every stride before, zeros before the first step."""

    def __init__(self, inputs, hidden, length, stride):
        super().__init__()
        self.gru = nn.GRU(length * inputs, hidden, batch_first=True)
        self.length, self.stride = length, stride

    def forward(self, x):
        padded = nn.functional.pad(x, (0, 0, self.length - 1, 0))
        patch = [padded[:, t:t + self.length].flatten(1) for t in range(x.shape[1])]
        runs = [self.gru(torch.stack(patch[t % self.stride:t + 1:self.stride], dim=1))[0][:, -1] for t in range(x.shape[1])]
        return torch.stack(runs, dim=1)


class ConditionedWaveNet(nn.Module):
    """van den Oord et al. 2016, section 2.5: z = tanh(W_f*x + V_f y) times sigmoid(W_g*x + V_g y), y the last channels."""

    def __init__(self, inputs, conditions, channels, skips, dilations):
        super().__init__()
        self.first = CausalConv(inputs - conditions, channels, 2, 1, normalized=False)
        self.blocks = nn.ModuleList()
        for i, dilation in enumerate(dilations):
            block = nn.ModuleDict({
                "both": CausalConv(channels, 2 * channels, 2, dilation, normalized=False),
                "condition": nn.Linear(conditions, 2 * channels),
                "skip": nn.Linear(channels, skips)})
            if i + 1 < len(dilations):
                block["residual"] = nn.Linear(channels, channels)
            self.blocks.append(block)
        self.dense = nn.Linear(skips, skips)
        self.conditions = conditions

    def forward(self, x):
        x, y = x[..., :-self.conditions], x[..., -self.conditions:]
        x, total = self.first(x), 0
        for block in self.blocks:
            f, g = (block["both"](x) + block["condition"](y)).chunk(2, dim=-1)
            z = torch.tanh(f) * torch.sigmoid(g)
            total = total + block["skip"](z)
            if "residual" in block:
                x = x + block["residual"](z)
        return torch.relu(self.dense(torch.relu(total)))


class TransformerPart(nn.Module):
    """x + part(norm(x))."""

    def __init__(self, channels, part):
        super().__init__()
        self.norm, self.part = nn.LayerNorm(channels), part

    def forward(self, x):
        return x + self.part(self.norm(x))


def transformer():
    def feed_forward():
        return nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 8))

    parts = [TransformerPart(8, part) for _ in range(2) for part in (Attention(8, 2, 5), feed_forward())]
    names = {}
    for part in ("weight", "bias"):
        names |= {f"0.{part}": f"0.{part}", f"5.{part}": f"5.{part}"}
        for layer in (1, 3):
            names |= {f"{layer}.part.into.{part}": f"{layer}.inner.1.{part}_in", f"{layer}.part.out.{part}": f"{layer}.inner.1.{part}_out"}
        for layer in (2, 4):
            names |= {f"{layer}.part.{i}.{part}": f"{layer}.inner.{i + 1}.{part}" for i in (0, 2)}
        names |= {f"{layer}.norm.{part}": f"{layer}.inner.0.{part}" for layer in range(1, 5)}
    return nn.Sequential(nn.Linear(3, 8), *parts, nn.LayerNorm(8)), names


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
    feed_forward_networks()


def feed_forward_networks():
    convolution = {f"conv.{part}": part for part in ("weight_v", "weight_g", "bias")}
    gated = {f"0.both.{theirs}": f"0.0.{ours}" for theirs, ours in convolution.items()}
    for block in (1, 2):
        for i, part in enumerate(("down", "inside", "up")):
            gated |= {f"{block}.{part}.both.{theirs}": f"{block}.inner.{i}.0.{ours}" for theirs, ours in convolution.items()}
    write_network("gated_conv", nn.Sequential(GatedConv(3, 4, 3), GatedBlock(4, 2, 3), GatedBlock(4, 2, 3)), draw(2, 12, 3), gated)
    wave_net = {}
    for part in ("weight", "bias"):
        wave_net |= {f"first.conv.{part}": f"first.{part}", f"dense.{part}": f"dense.{part}"}
        for block in range(4):
            wave_net[f"blocks.{block}.both.conv.{part}"] = f"blocks.{block}.inner.0.{part}"
            wave_net[f"blocks.{block}.skip.{part}"] = f"blocks.{block}.skip.{part}"
        wave_net |= {f"blocks.{block}.residual.{part}": f"blocks.{block}.residual.{part}" for block in range(3)}
    write_network("wave_net", WaveNet(3, 4, 5, 2, (1, 2, 1, 2)), draw(2, 12, 3), wave_net)
    write_network("window_mlp", Mlp(3, 5, 4), draw(2, 9, 3),
                  {"first.weight": "0.weight", "first.bias": "0.bias", "second.weight": "2.weight", "second.bias": "2.bias"},
                  {"0.weight": (5, 3, 4)})
    write_network("lstm_ngram", LstmNgram(3, 4, 5), draw(2, 9, 3),
                  {f"lstm.{part}_{kind}_l0": f"inner.0.{part}_{kind}" for part in ("weight", "bias") for kind in ("ih", "hh")})
    write_network("layer_norm", nn.LayerNorm(4), draw(3, 5, 4), {"weight": "weight", "bias": "bias"})
    module, names = transformer()
    write_network("transformer", module, draw(2, 9, 3), names)


def recurrent_networks():
    torch.manual_seed(3)
    write_network("rnn", Recurrent(nn.RNN), draw(3, 9, 3), RECURRENT)
    write_network("rnn_relu", Recurrent(nn.RNN, nonlinearity="relu"), draw(3, 9, 3), RECURRENT)
    write_network("gru", Recurrent(nn.GRU), draw(3, 9, 3), RECURRENT)


def wrapped_networks():
    torch.manual_seed(4)
    for name, kind in (("bidirectional_lstm", nn.LSTM), ("bidirectional_gru", nn.GRU)):
        both = Recurrent(kind, bidirectional=True, layers=1)
        write_network(name, both, draw(3, 9, 3), {
            f"recurrent.{part}_{kind}_l0{end}": f"{way}.0.{part}_{kind}"
            for part in ("weight", "bias") for kind in ("ih", "hh") for end, way in (("", "forward"), ("_reverse", "backward.inner"))})
    write_network("patched", Patched(3, 4, 4, 3), draw(2, 11, 3),
                  {f"gru.{part}_{kind}_l0": f"inner.0.{part}_{kind}" for part in ("weight", "bias") for kind in ("ih", "hh")})
    attention = {"in_proj_weight": "weight_in", "in_proj_bias": "bias_in", "out_proj.weight": "weight_out", "out_proj.bias": "bias_out"}
    write_network("attention", SelfAttention(6, 3), draw(2, 7, 6), {f"attention.{theirs}": ours for theirs, ours in attention.items()})
    encoder = {}
    for part in ("weight", "bias"):
        encoder |= {f"into.{part}": f"0.{part}", f"encoder.norm.{part}": f"6.{part}"}
        for layer in range(2):
            attends, feeds, theirs = 2 + 2 * layer, 3 + 2 * layer, f"encoder.layers.{layer}"
            encoder |= {f"{theirs}.norm1.{part}": f"{attends}.inner.0.{part}", f"{theirs}.norm2.{part}": f"{feeds}.inner.0.{part}"}
            encoder |= {f"{theirs}.linear1.{part}": f"{feeds}.inner.1.{part}", f"{theirs}.linear2.{part}": f"{feeds}.inner.3.{part}"}
    for layer in range(2):
        encoder |= {f"encoder.layers.{layer}.self_attn.{theirs}": f"{2 + 2 * layer}.inner.1.{ours}" for theirs, ours in attention.items()}
    write_network("transformer_of_waves", EncoderOfWaves(3, 6, 3, 5, 2), draw(2, 7, 3), encoder)
    conditioned = {}
    for part in ("weight", "bias"):
        conditioned |= {f"first.conv.{part}": f"first.head.{part}", f"dense.{part}": f"dense.{part}"}
        for block in range(3):
            conditioned[f"blocks.{block}.both.conv.{part}"] = f"blocks.{block}.inner.0.head.{part}"
            conditioned[f"blocks.{block}.condition.{part}"] = f"blocks.{block}.inner.0.tail.{part}"
            conditioned[f"blocks.{block}.skip.{part}"] = f"blocks.{block}.skip.{part}"
        conditioned |= {f"blocks.{block}.residual.{part}": f"blocks.{block}.residual.{part}" for block in range(2)}
    write_network("wave_net_conditioned", ConditionedWaveNet(5, 2, 4, 6, (1, 2, 4)), draw(2, 12, 5), conditioned)


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


def focal_losses():
    """Lin et al., arXiv 1708.02002, section 3.2, row by row, and the gradient of the mean: of classes and of yes and no."""
    torch.manual_seed(17)
    logits = as_float(3 * draw(6, 4))
    classes = torch.tensor([0, 3, 1, 1, 2, 0])
    logit = as_float(3 * draw(6))
    answers = torch.tensor([1, 0, 0, 1, 1, 0])
    cases = []
    for gamma in (0.5, 1.0, 2.0, 5.0):
        x, z = logits.clone().requires_grad_(), logit.clone().requires_grad_()
        p = x.softmax(1)[torch.arange(6), classes]
        of_classes = -(1 - p) ** gamma * p.log()
        of_classes.mean().backward()
        p = torch.where(answers == 1, z.sigmoid(), 1 - z.sigmoid())
        of_answers = -(1 - p) ** gamma * p.log()
        of_answers.mean().backward()
        cases.append({"gamma": gamma, "classes": packed(of_classes), "classesGradient": packed(x.grad),
                      "answers": packed(of_answers), "answersGradient": packed(z.grad)})
    write("focal_loss", {"logits": packed(logits), "labels": classes.tolist(), "logit": packed(logit), "answers": answers.tolist(), "cases": cases})


networks()
recurrent_networks()
wrapped_networks()
optimizers()
schedules()
focal_losses()
