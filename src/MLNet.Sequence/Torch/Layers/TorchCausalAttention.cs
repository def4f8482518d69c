using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Projections are in the pass's matrix type, the attention itself in the input's type.</summary>
internal sealed class TorchCausalAttention(CausalAttention layer, Func<string, Tensor> own, StepTable turns) : ITorchLayer
{
    private readonly Tensor _weightIn = own("weight_in"), _biasIn = own("bias_in"), _weightOut = own("weight_out"), _biasOut = own("bias_out");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        long rows = input.shape[0], steps = input.shape[1], channels = input.shape[2], width = channels / layer.Heads;
        // [B, T, C] → [B, T, 3, H, d] → [3, B, H, T, d]
        Tensor parts = pass.Product(nn.functional.linear, input, _weightIn, _biasIn)
            .view(rows, steps, 3, layer.Heads, width).permute(2, 0, 3, 1, 4);
        Tensor turned = layer.Rotary ? Turn(parts.narrow(0, 0, 2)) : parts;
        // Padding comes after all valid steps, so no valid step reads it.
        bool all = steps <= layer.Window;
        Tensor attended = nn.functional.scaled_dot_product_attention(
            turned.select(0, 0), turned.select(0, 1), parts.select(0, 2), all ? null : Visible(input), 0, is_casual: all);
        attended = attended.transpose(1, 2).reshape(rows, steps, channels); // [B, H, T, d] → [B, T, C]
        return pass.Product(nn.functional.linear, attended, _weightOut, _biasOut);
    }

    /// <summary>
    /// The cosines of a step's angles and then their sines, for heads with this many channels; one table for all layers of a network.
    /// </summary>
    public static StepTable Table(TorchParameters parameters, int width) => parameters.Table($"turns of {width} channels", step =>
    {
        // In double precision: there may be many steps.
        double[] angles = [.. Enumerable.Range(0, width / 2).Select(pair => step * CausalAttention.Angle(pair, width))];
        return [.. angles.Select(Math.Cos), .. angles.Select(Math.Sin)];
    });

    // The pairs of [2, B, H, T, d] turned by their step's angles.
    private Tensor Turn(Tensor x)
    {
        long pairs = x.shape[4] / 2;
        Tensor[] table = turns.First(x.shape[3]).chunk(2, 1); // [T, d] → [T, d/2] twice
        Tensor cos = table[0], sin = table[1];
        Tensor both = x.unflatten(4, pairs, 2); // [2, B, H, T, d/2, 2]
        Tensor a = both.select(5, 0), b = both.select(5, 1);
        return stack([a * cos - b * sin, (a * sin).Add(b * cos)], 5).flatten(4);
    }

    // [T, T]: true where step t sees step s, t − Window < s ≤ t.
    private Tensor Visible(Tensor input)
    {
        Tensor steps = HeldNumbers.Arange(input.shape[1], input.device);
        Tensor back = steps.unsqueeze(1) - steps.unsqueeze(0);
        return back.Ge(0).logical_and(back.Lt(layer.Window));
    }
}
