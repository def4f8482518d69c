using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own GRU (cuDNN on a GPU), with parameters that share memory with ours; our kernels in training on a CPU.</summary>
internal sealed class TorchGru(GruLayer layer, int inputSize, string prefix, TorchParameters parameters) : ITorchLayer
{
    private static readonly SweptGru Cell = new();

    private readonly TorchSharp.Modules.GRU _gru = NativeRecurrence.Make(
        () => nn.GRU(inputSize, layer.HiddenSize, batchFirst: true, device: parameters.Device, dtype: parameters.Values.dtype),
        prefix, parameters,
        layer.Contraction is { } contraction ? new GruConstraint(contraction, prefix, parameters) : null);

    private readonly RecurrentWeights _weights = NativeRecurrence.Weights(prefix, parameters);

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (Cell.AllAtOnce(() => NativeRecurrence.Given(input, _weights), [prefix + "h"], pass) is { } all)
            return all;
        if (pass.WarmUp is { } warmUp)
            return WarmedUpParts.Run(x => Native(x, null, pass).Output, input, warmUp);
        (Tensor output, Tensor[] last) = Native(input, pass.State?.Take(prefix + "h"), pass);
        pass.State?.Put(prefix + "h", last[0]);
        return output;
    }

    private (Tensor Output, Tensor[] State) Native(Tensor input, Tensor? start, TorchPass pass)
    {
        return NativeRecurrence.Run(_gru, KernelChoice.Of<GruKernel>(_weights, input, pass) ?? Call, input, start is null ? null : [start], pass);

        (Tensor, Tensor[]) Call(Tensor part, Tensor[]? before)
        {
            (Tensor output, Tensor last) = _gru.call(part, before?[0]);
            return (output, [last]);
        }
    }
}
