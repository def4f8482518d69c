using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Rotates queries and keys by their position (Su et al., arXiv 2104.09864): the pairs of channels of each head.</summary>
internal static class HeadRotation
{
    /// <summary>
    /// The cosines of a step's angles and then their sines, for heads with this many channels; one table for all layers of a network.
    /// </summary>
    public static StepTable Table(TorchParameters parameters, int width) => parameters.Table($"turns of {width} channels", step =>
    {
        // In double precision: there may be many steps.
        double[] angles = [.. Enumerable.Range(0, width / 2).Select(pair => step * CausalAttention.Angle(pair, width))];
        return [.. angles.Select(Math.Cos), .. angles.Select(Math.Sin)];
    });

    /// <summary>The pairs of […, T, d] turned by their step's angles.</summary>
    public static Tensor Turn(Tensor x, StepTable turns)
    {
        long last = x.dim() - 1;
        Tensor[] table = turns.First(x.shape[^2]).chunk(2, 1); // [T, d] → [T, d/2] twice
        Tensor cos = table[0], sin = table[1];
        Tensor both = x.unflatten(last, x.shape[last] / 2, 2); // […, T, d/2, 2]
        Tensor a = both.select(last + 1, 0), b = both.select(last + 1, 1);
        return stack([a * cos - b * sin, (a * sin).Add(b * cos)], last + 1).flatten(last);
    }
}
