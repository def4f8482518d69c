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
        Tensor turned = layer.Rotary ? HeadRotation.Turn(parts.narrow(0, 0, 2), turns) : parts;
        // Padding comes after all valid steps, so no valid step reads it.
        bool all = steps <= layer.Window;
        Tensor attended = nn.functional.scaled_dot_product_attention(
            turned.select(0, 0), turned.select(0, 1), parts.select(0, 2), all ? null : Visible(input), 0, is_casual: all);
        attended = attended.transpose(1, 2).reshape(rows, steps, channels); // [B, H, T, d] → [B, T, C]
        return pass.Product(nn.functional.linear, attended, _weightOut, _biasOut);
    }

    // [T, T]: true where step t sees step s, t − Window < s ≤ t.
    private Tensor Visible(Tensor input)
    {
        Tensor steps = HeldNumbers.Arange(input.shape[1], input.device);
        Tensor back = steps.unsqueeze(1) - steps.unsqueeze(0);
        return back.Ge(0).logical_and(back.Lt(layer.Window));
    }
}
