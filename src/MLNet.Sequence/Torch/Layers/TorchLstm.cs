using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own LSTM (cuDNN on a GPU), with parameters that share memory with ours; our kernels in training on a CPU.</summary>
internal sealed class TorchLstm(LstmLayer layer, int inputSize, string prefix, TorchParameters parameters) : ITorchLayer
{
    private static readonly SweptLstm Cell = new();

    private readonly TorchSharp.Modules.LSTM _lstm = NativeRecurrence.Make(
        () => nn.LSTM(inputSize, layer.HiddenSize, batchFirst: true, device: parameters.Device, dtype: parameters.Values.dtype),
        prefix, parameters,
        layer.Contraction is { } contraction ? new LstmConstraint(contraction, prefix, parameters) : null);

    private readonly RecurrentWeights _weights = NativeRecurrence.Weights(prefix, parameters);

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (layer.RecurrentDropout > 0 && pass.Dropout is { } masks)
            return Dropped(input, pass.State, masks);
        if (Cell.AllAtOnce(() => NativeRecurrence.Given(input, _weights), [prefix + "c", prefix + "h"], pass) is { } all)
            return all;
        if (pass.WarmUp is { } warmUp)
            return WarmedUpParts.Run(x => Native(x, null, pass).Output, input, warmUp);
        (Tensor output, Tensor[] last) = Native(input, pass.State is { } state ? Start(state) : null, pass);
        return Carried((output, last[0], last[1]), pass.State);
    }

    private (Tensor Output, Tensor[] State) Native(Tensor input, (Tensor Hidden, Tensor Cell)? start, TorchPass pass)
    {
        return NativeRecurrence.Run(
            _lstm, KernelChoice.Of<LstmKernel>(_weights, input, pass) ?? Call, input, start is var (h, c) ? [h, c] : null, pass);

        (Tensor, Tensor[]) Call(Tensor part, Tensor[]? before)
        {
            (Tensor output, Tensor hidden, Tensor cell) = _lstm.call(part, before is null ? null : (before[0], before[1]));
            return (output, [hidden, cell]);
        }
    }

    private Tensor Dropped(Tensor input, TorchState? state, DropoutMasks masks) => Carried(
        DroppedLstm.Run(layer, name => parameters[prefix + name], input, masks, state is null ? null : Start(state)), state);

    private (Tensor, Tensor)? Start(TorchState state) =>
        state.Take(prefix + "h") is { } hidden && state.Take(prefix + "c") is { } cell ? (hidden, cell) : null;

    private Tensor Carried((Tensor Output, Tensor Hidden, Tensor Cell) run, TorchState? state)
    {
        state?.Put(prefix + "h", run.Hidden);
        state?.Put(prefix + "c", run.Cell);
        return run.Output;
    }
}
