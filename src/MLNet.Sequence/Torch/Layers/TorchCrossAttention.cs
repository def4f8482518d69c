using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Projections are in the pass's matrix type, the attention itself in the input's type.</summary>
internal sealed class TorchCrossAttention(CrossAttention layer, Func<string, Tensor> own, StepTable turns) : ITorchLayer
{
    private readonly Tensor _weightQuery = own("weight_query"), _biasQuery = own("bias_query"), _weightMemory = own("weight_memory"),
        _biasMemory = own("bias_memory"), _weightOut = own("weight_out"), _biasOut = own("bias_out");

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor memory = pass.Memory ?? input;
        long rows = input.shape[0], steps = input.shape[1], channels = input.shape[2], width = channels / layer.Heads;
        // [B, U, C] → [B, H, U, d]; [B, T, M] → [B, T, 2, H, d] → [2, B, H, T, d]
        Tensor query = pass.Product(nn.functional.linear, input, _weightQuery, _biasQuery).view(rows, steps, layer.Heads, width).transpose(1, 2);
        Tensor parts = pass.Product(nn.functional.linear, memory, _weightMemory, _biasMemory)
            .view(rows, memory.shape[1], 2, layer.Heads, width).permute(2, 0, 3, 1, 4);
        Tensor key = parts.select(0, 0);
        if (layer.Rotary)
            (query, key) = (HeadRotation.Turn(query, turns), HeadRotation.Turn(key, turns));
        Tensor attended = nn.functional.scaled_dot_product_attention(
            query, key, parts.select(0, 1), Valid(memory, pass.Memory is null ? pass.Lengths : pass.MemoryLengths), 0, is_casual: false);
        attended = attended.transpose(1, 2).reshape(rows, steps, channels); // [B, H, U, d] → [B, U, C]
        return pass.Product(nn.functional.linear, attended, _weightOut, _biasOut);
    }

    // [B, 1, 1, T]: true where a step of the memory is not padding; null: no padding.
    private static Tensor? Valid(Tensor memory, Tensor? lengths) => lengths is null
        ? null
        : HeldNumbers.Arange(memory.shape[1], memory.device).unsqueeze(0).lt(lengths.unsqueeze(1)).view(memory.shape[0], 1, 1, memory.shape[1]);
}
