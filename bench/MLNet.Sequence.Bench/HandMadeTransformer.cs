using TorchSharp;
using static TorchSharp.torch;
using Modules = TorchSharp.Modules;

namespace MLNet.Sequence.Bench;

/// <summary>
/// A causal transformer with normalisation before each part and rotary positions, as one writes it by hand in TorchSharp: [B, T, inputs] →
/// [B, T, channels].
/// </summary>
internal sealed class HandMadeTransformer
{
    private readonly Modules.Linear _first;
    private readonly Modules.LayerNorm _last;
    private readonly List<Block> _blocks = [];
    private readonly int _heads;
    private Tensor? _cos, _sin;

    public HandMadeTransformer(int inputs, int channels, int layers, int heads)
    {
        (_first, _last, _heads) = (nn.Linear(inputs, channels), nn.LayerNorm(channels), heads);
        for (int i = 0; i < layers; i++)
        {
            _blocks.Add(new Block(nn.LayerNorm(channels), nn.Linear(channels, 3 * channels), nn.Linear(channels, channels),
                nn.LayerNorm(channels), nn.Linear(channels, 4 * channels), nn.Linear(4 * channels, channels)));
        }
    }

    public IReadOnlyList<Modules.Parameter> Parameters =>
        [.. _first.parameters(), .. _blocks.SelectMany(block => block.Parameters), .. _last.parameters()];

    public Tensor Forward(Tensor input)
    {
        Tensor x = _first.call(input);
        foreach (Block block in _blocks)
        {
            x = x + block.Out.call(Attend(block.Parts.call(block.AttentionNorm.call(x))));
            x = x + block.Narrow.call(block.Wide.call(block.FeedForwardNorm.call(x)).relu());
        }

        return _last.call(x);
    }

    private Tensor Attend(Tensor parts)
    {
        long rows = parts.shape[0], steps = parts.shape[1], channels = parts.shape[2] / 3, width = channels / _heads;
        Tensor all = parts.view(rows, steps, 3, _heads, width).permute(2, 0, 3, 1, 4); // [3, B, H, T, d]
        Tensor attended = nn.functional.scaled_dot_product_attention(
            Turn(all[0]), Turn(all[1]), all[2], attn_mask: null, p: 0, is_casual: true);
        return attended.transpose(1, 2).reshape(rows, steps, channels);
    }

    // Halves of the channels are the pairs, as most hand-written models have them.
    private Tensor Turn(Tensor x)
    {
        if (_cos is null || _sin is null)
        {
            long half = x.shape[3] / 2;
            Tensor angles = arange(x.shape[2]).unsqueeze(1) * pow(10000, arange(half) * (-1.0 / half)).unsqueeze(0);
            _cos = cat([angles.cos(), angles.cos()], 1).DetachFromDisposeScope();
            _sin = cat([angles.sin(), angles.sin()], 1).DetachFromDisposeScope();
        }

        Tensor[] halves = x.chunk(2, -1);
        return x * _cos + cat([-halves[1], halves[0]], -1) * _sin;
    }

    private sealed record Block(Modules.LayerNorm AttentionNorm, Modules.Linear Parts, Modules.Linear Out,
        Modules.LayerNorm FeedForwardNorm, Modules.Linear Wide, Modules.Linear Narrow)
    {
        public IEnumerable<Modules.Parameter> Parameters => new nn.Module[] { AttentionNorm, Parts, Out, FeedForwardNorm, Wide, Narrow }
            .SelectMany(module => module.parameters());
    }
}
