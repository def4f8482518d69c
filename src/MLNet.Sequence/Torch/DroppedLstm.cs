using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// An LSTM layer in training, with dropout on h_{t−1} at the input of the gates. It runs step by step, since libtorch's own LSTM has no masks there.
/// </summary>
internal static class DroppedLstm
{
    /// <param name="layer">The layer, with a dropout rate above 0.</param>
    /// <param name="own">Its weights by name.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="masks">Returns one mask, [B, T, H], or [B, 1, H] for all steps.</param>
    /// <param name="start">h and c before the first step, each [1, B, H]; null: zeros.</param>
    /// <returns>The outputs [B, T, H], and h and c after the last step.</returns>
    public static (Tensor Output, Tensor Hidden, Tensor Cell) Run(LstmLayer layer, Func<string, Tensor> own, Tensor input, DropoutMasks masks,
        (Tensor Hidden, Tensor Cell)? start)
    {
        // The contribution of the inputs, for all steps at once: T × [B, 4 H].
        Tensor[] fromInput = nn.functional.linear(input, own("weight_ih"), own("bias_ih")).unbind(1);
        Tensor matrix = own("weight_hh"), bias = own("bias_hh");
        Tensor h = start?.Hidden.squeeze(0) ?? zeros(input.shape[0], layer.HiddenSize, input.dtype, input.device), c = start?.Cell.squeeze(0) ?? h;
        Tensor[] kept = masks.Next([input.shape[0], layer.Variational ? 1 : fromInput.Length, layer.HiddenSize], layer.RecurrentDropout, input).unbind(1);
        var outputs = new Tensor[fromInput.Length];
        for (int t = 0; t < outputs.Length; t++)
        {
            Tensor[] gates = fromInput[t].Add(nn.functional.linear(h * kept[layer.Variational ? 0 : t], matrix, bias)).chunk(4, 1);
            c = (gates[1].sigmoid() * c).Addcmul(gates[0].sigmoid(), gates[2].tanh(), 1);
            outputs[t] = h = gates[3].sigmoid() * c.tanh();
        }

        return (stack(outputs, 1), h.unsqueeze(0), c.unsqueeze(0)); // T × [B, H] → [B, T, H]
    }
}
