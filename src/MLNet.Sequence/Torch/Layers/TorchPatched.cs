using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>All patch sequences of all rows as one batch, [B·S, K, L·C]: the s-th sequence of a row has the patches that end at s, s + S, …</summary>
internal sealed class TorchPatched(PatchedLayer layer, ITorchLayer inner) : ITorchLayer
{
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        long rows = input.shape[0], steps = input.shape[1], stride = layer.Stride;
        long patches = (steps - 1) / stride + 1, padding = patches * stride - steps;
        Tensor lengths = pass.Lengths ?? HeldNumbers.Full([rows], steps, ScalarType.Int64, input.device);
        TorchPass own = pass with { State = null, Lengths = pass.Lengths is null && padding == 0 ? null : PatchesIn(lengths) };
        Tensor x = nn.functional.pad(input, [0, 0, layer.Length - 1, padding]);
        // [B, K·S + L − 1, C] → [B, K·S, C, L] → [B, K, S, L·C] → [B·S, K, L·C]
        x = x.unfold(1, layer.Length, 1).transpose(2, 3).reshape(rows, patches, stride, -1).transpose(1, 2).flatten(0, 1);
        Tensor outputs = inner.Forward(x, own);
        // [B·S, K, D] → [B, S, K, D] → [B, K·S, D] → [B, T, D]
        return outputs.unflatten(0, rows, stride).transpose(1, 2).flatten(1, 2).narrow(1, 0, steps);
    }

    /// <summary>Only the patch sequence that ends at the last step.</summary>
    public Tensor Last(Tensor input, TorchPass pass)
    {
        if (pass.Lengths is not null)
            return TorchLastStep.Of(Forward(input, pass), pass);
        // Without inner layers, the other patches are not needed.
        if (layer.Inner is Sequential { Layers.Count: 0 } && input.shape[1] > layer.Length)
            input = input.narrow(1, -layer.Length, layer.Length);
        long first = (input.shape[1] - 1) % layer.Stride;
        Tensor x = nn.functional.pad(input, [0, 0, layer.Length - 1 - first, 0]);
        // [B, K·S + L − S, C] → [B, K, C, L] → [B, K, L·C]
        return inner.Last(x.unfold(1, layer.Length, layer.Stride).transpose(2, 3).flatten(2), pass with { State = null });
    }

    // The number of patches of each sequence that end within the given lengths: [B] → [B·S]
    private Tensor PatchesIn(Tensor lengths)
    {
        Tensor first = HeldNumbers.Arange(layer.Stride, lengths.device).unsqueeze(0);
        return (lengths.unsqueeze(1) - first).Add(layer.Stride - 1).Div(layer.Stride, RoundingMode.floor).flatten();
    }
}
