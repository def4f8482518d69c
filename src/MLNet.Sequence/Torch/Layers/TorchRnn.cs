using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>libtorch's own RNN (cuDNN on a GPU), with parameters that share memory with ours; our kernels in training on a CPU.</summary>
internal sealed class TorchRnn(RnnLayer layer, int inputSize, string prefix, TorchParameters parameters) : ITorchLayer
{
    private readonly TorchSharp.Modules.RNN _rnn = NativeRecurrence.Make(
        () => nn.RNN(inputSize, layer.HiddenSize, nonLinearity: Function(layer.Activation), batchFirst: true,
            device: parameters.Device, dtype: parameters.Values.dtype),
        prefix, parameters,
        layer.Contraction is { } contraction ? new SpectralConstraint(contraction, prefix, parameters) : null);

    private readonly SweptRnn _cell = layer.Activation == ActivationKind.Relu ? new(x => x.relu(), bound: null) : new(x => x.tanh(), bound: 1);

    private readonly RecurrentWeights _weights = NativeRecurrence.Weights(prefix, parameters);

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        if (_cell.AllAtOnce(() => NativeRecurrence.Given(input, _weights), [prefix + "h"], pass) is { } all)
            return all;
        if (pass.WarmUp is { } warmUp)
            return WarmedUpParts.Run(x => Native(x, null, pass).Output, input, warmUp);
        (Tensor output, Tensor[] last) = Native(input, pass.State?.Take(prefix + "h"), pass);
        pass.State?.Put(prefix + "h", last[0]);
        return output;
    }

    private (Tensor Output, Tensor[] State) Native(Tensor input, Tensor? start, TorchPass pass)
    {
        return NativeRecurrence.Run(_rnn, Kernel(input, pass) ?? Call, input, start is null ? null : [start], pass);

        (Tensor, Tensor[]) Call(Tensor part, Tensor[]? before)
        {
            (Tensor output, Tensor last) = _rnn.call(part, before?[0]);
            return (output, [last]);
        }
    }

    private RecurrentCall? Kernel(Tensor input, TorchPass pass) => layer.Activation == ActivationKind.Relu
        ? KernelChoice.Of<RnnKernel<ReluFunction>>(_weights, input, pass)
        : KernelChoice.Of<RnnKernel<TanhFunction>>(_weights, input, pass);

    private static nn.NonLinearities Function(ActivationKind kind) => kind switch
    {
        ActivationKind.Tanh => nn.NonLinearities.Tanh,
        ActivationKind.Relu => nn.NonLinearities.ReLU,
        _ => throw new NotSupportedException($"A simple recurrent layer has tanh or ReLU, not {kind}."),
    };
}
