using MLNet.Sequence.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own GRU (cuDNN on a GPU), its parameters laid over ours.</summary>
internal sealed class TorchGru(GruLayer layer, int inputSize, string prefix, TorchParameters parameters) : ITorchLayer
{
    private readonly TorchSharp.Modules.GRU _gru = NativeRecurrence.Make(
        () => nn.GRU(inputSize, layer.HiddenSize, batchFirst: true, device: parameters.Device, dtype: parameters.Values.dtype),
        prefix, parameters,
        layer.Contraction is { } contraction ? new GruConstraint(contraction, prefix, parameters) : null);

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (pass.Sweeps is { } sweeps)
            return TimeSweeps.Run(layer, name => parameters[prefix + name], input, sweeps);
        if (pass.WarmUp is { } warmUp)
            return SideBySide.Run(x => _gru.call(x).Item1, input, warmUp);
        (Tensor output, Tensor last) = _gru.call(input, pass.State?.Take(prefix + "h"));
        pass.State?.Put(prefix + "h", last);
        return output;
    }
}
