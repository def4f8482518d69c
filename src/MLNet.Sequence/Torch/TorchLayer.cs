using MLNet.Sequence.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>What a forward pass knows beside its input.</summary>
internal sealed record TorchPass
{
    /// <summary>A pass that neither drops nor pads nor carries anything.</summary>
    public static TorchPass Scoring { get; } = new();

    /// <summary>The masks of dropout; null outside of training, when nothing is dropped.</summary>
    public DropoutMasks? Dropout { get; init; }

    /// <summary>The number of valid steps of each row, [B] of int64; what comes after them is padding. Null: all steps.</summary>
    public Tensor? Lengths { get; init; }

    /// <summary>
    /// The tokens that are predicted, [B, T, 1] of indices, where their logarithms of probability are all that is wanted;
    /// null: those of all tokens. Only a head that saves work by it looks at it.
    /// </summary>
    public Tensor? Targets { get; init; }

    /// <summary>
    /// The type in which matrix products and convolutions are computed, on weights that stay in float32; null: float32.
    /// libtorch's own recurrent layers stay in float32.
    /// </summary>
    public ScalarType? MatrixType { get; init; }

    /// <summary>What the network reads beside the past, row by row: [B, <see cref="Networks.NetworkPlan.BesideSize"/>]; null: nothing.</summary>
    public Tensor? Beside { get; init; }

    /// <summary>What layers of this pass attend to (<see cref="CrossAttention"/>), [B, T, M]; null: their own input.</summary>
    public Tensor? Memory { get; init; }

    /// <summary>The number of valid steps of each row of <see cref="Memory"/>, [B] of int64; null: all.</summary>
    public Tensor? MemoryLengths { get; init; }

    /// <summary>The state that recurrent layers start from and leave behind; null: they start from zeros.</summary>
    public TorchState? State { get; init; }

    /// <summary>
    /// Recurrent layers run all steps at once, by so many sweeps from zero states (<see cref="TimeSweeps"/>); null: step by step.
    /// </summary>
    public int? Sweeps { get; init; }

    /// <summary>
    /// Recurrent layers run parts of a sequence side by side, each warmed up on so many steps (<see cref="WarmedUpParts"/>); null: the whole
    /// from its first step on. Not together with <see cref="State"/>.
    /// </summary>
    public int? WarmUp { get; init; }

    /// <summary>
    /// The most steps that libtorch's own recurrent layers are given at once; longer sequences are cut, with the state carried
    /// (<see cref="NativeRecurrence.Run"/>). Null: as many as the device's library takes.
    /// </summary>
    public int? Longest { get; init; }

    /// <summary>A product of a tensor, weights and a bias, in <see cref="MatrixType"/>, returned in the tensor's own type.</summary>
    public Tensor Product(Func<Tensor, Tensor, Tensor, Tensor> product, Tensor x, Tensor weight, Tensor bias) => MatrixType is { } type
        ? product(x.to_type(type), weight.to_type(type), bias.to_type(type)).to_type(x.dtype)
        : product(x, weight, bias);
}

/// <summary>A layer whose output at a step is made of its input at that step.</summary>
internal interface ITorchPointwise : ITorchLayer
{
    LastSteps? ITorchLayer.Reads(LastSteps wanted) => wanted;
}

/// <summary>A layer whose weights are kept inside a set while they are trained.</summary>
internal interface ITorchConstraint
{
    /// <summary>Moves the weights to the nearest point of the set. Called before the first step and after each.</summary>
    void Project();
}

/// <summary>
/// A layer on TorchSharp. Intermediate tensors belong to the dispose scope of the batch: a layer makes none and disposes none.
/// To add one: its file beside this, and a line in <see cref="Create"/>.
/// </summary>
internal interface ITorchLayer
{
    Tensor Forward(Tensor input, TorchPass pass);

    /// <summary>What <see cref="Forward"/> gives for the last valid step of each row, [B, D].</summary>
    Tensor Last(Tensor input, TorchPass pass) => TorchLastStep.Of(Forward(input, pass), pass);

    /// <summary>The steps of its input that outputs at some steps are made of, those themselves among them; null: all, and then it gives all.</summary>
    LastSteps? Reads(LastSteps wanted) => null;

    /// <summary>Outputs at some steps, of those steps of the input alone that <see cref="Reads"/> names.</summary>
    Tensor At(Tensor input, LastSteps wanted, TorchPass pass) => Forward(input, pass);

    /// <param name="layer">What to run.</param>
    /// <param name="inputSize">Channels that it receives.</param>
    /// <param name="path">The path of its weights.</param>
    /// <param name="parameters">Where the weights are.</param>
    static ITorchLayer Create(Layer layer, int inputSize, string path, TorchParameters parameters)
    {
        ITorchLayer Child(ChildLayer child) => Create(child.Layer, child.InputSize, Layer.Join(path, child.Name), parameters);
        ITorchLayer[] Children() => [.. layer.Children(inputSize).Select(Child)];
        Tensor Own(string name) => parameters[Layer.Join(path, name)];
        return layer switch
        {
            Sequential => new TorchSequential(Children()),
            Branched => new TorchBranched(Children()),
            Reversed => new TorchReversed(Children()[0]),
            PatchedLayer patched => new TorchPatched(patched, Children()[0]),
            ChannelSplit split => new TorchChannelSplit(split, Children()),
            SinusoidalPositions => new TorchSinusoidalPositions(TorchSinusoidalPositions.Table(parameters, inputSize)),
            Residual => new TorchResidual(Children()),
            Embedding => new TorchEmbedding(Own("weight")),
            TiedEmbedding tied => new TorchTiedEmbedding(tied, Children(), Own),
            AdaptiveSoftmax softmax => new TorchAdaptiveSoftmax(softmax, Own),
            Dense => new TorchDense(Own("weight"), Own("bias")),
            CausalConv convolution => new TorchCausalConv(convolution, Own),
            RnnLayer rnn => new TorchRnn(rnn, inputSize, Layer.Join(path, ""), parameters),
            LstmLayer lstm => new TorchLstm(lstm, inputSize, Layer.Join(path, ""), parameters),
            GruLayer gru => new TorchGru(gru, inputSize, Layer.Join(path, ""), parameters),
            MinGruLayer => new TorchMinGru(Own, Layer.Join(path, "h")),
            MinLstmLayer => new TorchMinLstm(Own, Layer.Join(path, "h")),
            LruLayer => new TorchLru(Own, Layer.Join(path, "x")),
            Activation activation => new TorchActivation(activation.Kind),
            Clamp clamp => new TorchClamp(clamp.Limit),
            LayerNorm => new TorchLayerNorm(Own("weight"), Own("bias")),
            CausalAttention attention => new TorchCausalAttention(attention, Own, TorchCausalAttention.Table(parameters, inputSize / attention.Heads)),
            CrossAttention attention => new TorchCrossAttention(attention, Own),
            Gated gated => new TorchGated(gated.Kind),
            SkipSum => new TorchSkipSum(Children()),
            Windowed windowed => new TorchWindowed(windowed, Children()[0]),
            RunningStatistics => new TorchRunningStatistics(),
            LinearChain => new TorchLinearChain(),
            Dropout dropout => new TorchDropout(dropout),
            LastStep => new TorchLastStep(),
            Pooling { Kind: PoolingKind.LastStep } => new TorchLastStep(),
            Pooling pooling => new TorchPooling(pooling.Kind, Own),
            _ => throw new NotSupportedException($"The layer {layer.GetType().Name} has no form on TorchSharp."),
        };
    }
}
