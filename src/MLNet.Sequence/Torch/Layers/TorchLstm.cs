using MLNet.Sequence.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own LSTM (cuDNN on a GPU), its parameters laid over ours.</summary>
internal sealed class TorchLstm(LstmLayer layer, int inputSize, string prefix, TorchParameters parameters) : ITorchLayer
{
    private readonly TorchSharp.Modules.LSTM _lstm = NativeRecurrence.Make(
        () => nn.LSTM(inputSize, layer.HiddenSize, batchFirst: true, device: parameters.Device, dtype: parameters.Values.dtype),
        prefix, parameters,
        layer.Contraction is { } contraction ? new LstmConstraint(contraction, prefix, parameters) : null);

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (pass.Sweeps is { } sweeps)
            return TimeSweeps.Run(layer, name => parameters[prefix + name], input, sweeps);
        if (pass.WarmUp is { } warmUp)
            return SideBySide.Run(x => _lstm.call(x).Item1, input, warmUp);
        if (pass.State is not { } state)
            return _lstm.call(input).Item1;
        (Tensor, Tensor)? start = state.Take(prefix + "h") is { } hidden && state.Take(prefix + "c") is { } cell ? (hidden, cell) : null;
        (Tensor output, Tensor lastHidden, Tensor lastCell) = _lstm.call(input, start);
        state.Put(prefix + "h", lastHidden);
        state.Put(prefix + "c", lastCell);
        return output;
    }
}
