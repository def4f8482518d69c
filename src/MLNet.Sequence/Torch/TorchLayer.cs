using MLNet.Sequence.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The settings of a forward pass, in addition to its input.</summary>
internal sealed record TorchPass
{
    /// <summary>A pass without dropout, padding or carried state.</summary>
    public static TorchPass Scoring { get; } = new();

    /// <summary>The dropout masks; null outside of training: no dropout.</summary>
    public DropoutMasks? Dropout { get; init; }

    /// <summary>The number of valid steps of each row, [B] of int64; the steps after them are padding. Null: all steps are valid.</summary>
    public Tensor? Lengths { get; init; }

    /// <summary>
    /// The predicted tokens, [B, T, 1] of indices, if only their log-probabilities are needed; null: those of all tokens. Only heads that
    /// save work by it use it.
    /// </summary>
    public Tensor? Targets { get; init; }

    /// <summary>
    /// The type of matrix products and convolutions, with weights in float32; null: float32. libtorch's own recurrent layers stay in float32.
    /// </summary>
    public ScalarType? MatrixType { get; init; }

    /// <summary>
    /// Additional inputs of the network for each row: [B, <see cref="Networks.NetworkPlan.BesideSize"/>], or as many as the steps of an open
    /// horizon take; null: none.
    /// </summary>
    public Tensor? Beside { get; init; }

    /// <summary>The memory that layers of this pass attend to (<see cref="CrossAttention"/>), [B, T, M]; null: their own input.</summary>
    public Tensor? Memory { get; init; }

    /// <summary>The number of valid steps of each row of <see cref="Memory"/>, [B] of int64; null: all.</summary>
    public Tensor? MemoryLengths { get; init; }

    /// <summary>The initial state of recurrent layers, replaced by their final state; null: they start from zeros.</summary>
    public TorchState? State { get; init; }

    /// <summary>
    /// Recurrent layers process all steps at once, with this many sweeps from zero states (<see cref="TimeSweeps.Run"/>); null: step by step.
    /// </summary>
    public int? Sweeps { get; init; }

    /// <summary>
    /// Recurrent layers process all steps at once, as if each output had its own run over this many last steps
    /// (<see cref="TimeSweeps.Truncated"/>); null: step by step.
    /// </summary>
    public int? Truncation { get; init; }

    /// <summary>
    /// Counts what Newton's method reaches (<see cref="NewtonStates"/>); recurrent layers process all steps at once by it if it was asked for.
    /// Null: no layer uses it.
    /// </summary>
    public NewtonTally? Newton { get; init; }

    /// <summary>
    /// Recurrent layers process parts of a sequence in parallel, each warmed up on this many steps (<see cref="WarmedUpParts"/>); null: the
    /// whole sequence, step by step. Not together with <see cref="State"/>.
    /// </summary>
    public int? WarmUp { get; init; }

    /// <summary>What runs recurrent layers and causal convolutions (<see cref="KernelChoice"/>). Default libtorch's own.</summary>
    public TrainingKernels Kernels { get; init; } = TrainingKernels.Libtorch;

    /// <summary>
    /// The maximum number of steps in one call of libtorch's own recurrent layers; longer sequences are cut, and the state is carried
    /// (<see cref="NativeRecurrence.Run"/>). Null: the limit of the device's library.
    /// </summary>
    public int? Longest { get; init; }

    /// <summary>A product of a tensor, weights and a bias, computed in <see cref="MatrixType"/> and returned in the tensor's type.</summary>
    public Tensor Product(Func<Tensor, Tensor, Tensor, Tensor> product, Tensor x, Tensor weight, Tensor bias) => MatrixType is { } type
        ? product(x.to_type(type), weight.to_type(type), bias.to_type(type)).to_type(x.dtype)
        : product(x, weight, bias);
}

/// <summary>A layer whose output at a step depends only on its input at that step.</summary>
internal interface ITorchPointwise : ITorchLayer
{
    LastSteps? ITorchLayer.Reads(LastSteps wanted) => wanted;
}

/// <summary>A layer whose weights are constrained to a set during training.</summary>
internal interface ITorchConstraint
{
    /// <summary>Moves the weights to the nearest point of the set. Called before the first step and after each.</summary>
    void Project();
}

/// <summary>
/// A layer on TorchSharp. Intermediate tensors belong to the dispose scope of the batch: a layer need not dispose them. To add one: a file
/// in this folder, and a line in <see cref="Create"/>.
/// </summary>
internal interface ITorchLayer
{
    Tensor Forward(Tensor input, TorchPass pass);

    /// <summary>The output of <see cref="Forward"/> for the last valid step of each row, [B, D].</summary>
    Tensor Last(Tensor input, TorchPass pass) => TorchLastStep.Of(Forward(input, pass), pass);

    /// <summary>
    /// The input steps that are needed for outputs at some steps, including these steps; null: all steps, and then all outputs are
    /// computed.
    /// </summary>
    LastSteps? Reads(LastSteps wanted) => null;

    /// <summary>Outputs at some steps, from only the input steps of <see cref="Reads"/>.</summary>
    Tensor At(Tensor input, LastSteps wanted, TorchPass pass) => Forward(input, pass);

    /// <param name="layer">The layer to run.</param>
    /// <param name="inputSize">The number of its input channels.</param>
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
            PositionEmbedding => new TorchPositionEmbedding(Own("weight")),
            Residual residual => new TorchResidual(residual, Children()),
            Embedding embedding => new TorchEmbedding(Own("weight"), embedding.Scale),
            TiedEmbedding tied => new TorchTiedEmbedding(tied, Children(), Own),
            AdaptiveSoftmax softmax => new TorchAdaptiveSoftmax(softmax, Own),
            Dense => new TorchDense(Own("weight"), Own("bias")),
            CausalConv convolution => new TorchCausalConv(convolution, Own),
            RnnLayer rnn => new TorchRnn(rnn, inputSize, Layer.Join(path, ""), parameters),
            LstmLayer lstm => new TorchLstm(lstm, inputSize, Layer.Join(path, ""), parameters),
            GruLayer gru => new TorchGru(gru, inputSize, Layer.Join(path, ""), parameters),
            MinGruLayer => new TorchMinGru(Own, Layer.Join(path, "h")),
            ProjectedLstmLayer => new TorchProjectedLstm(Own, Layer.Join(path, "")),
            MinLstmLayer => new TorchMinLstm(Own, Layer.Join(path, "h")),
            ParaGruLayer => new TorchParaGru(Own, Layer.Join(path, "")),
            ParaLstmLayer => new TorchParaLstm(Own, Layer.Join(path, "")),
            LruLayer => new TorchLru(Own, Layer.Join(path, "x")),
            Activation activation => new TorchActivation(activation.Kind),
            Clamp clamp => new TorchClamp(clamp.Limit),
            LayerNorm => new TorchLayerNorm(Own("weight"), Own("bias")),
            CausalAttention attention => new TorchCausalAttention(attention, Own, HeadRotation.Table(parameters, inputSize / attention.Heads)),
            AttentionGru => new TorchAttentionGru(Own),
            CrossAttention attention => new TorchCrossAttention(attention, Own, HeadRotation.Table(parameters, inputSize / attention.Heads)),
            Gated gated => new TorchGated(gated.Kind),
            SkipSum => new TorchSkipSum(Children()),
            CutGradients cut => new TorchCutGradients(cut, Children()[0]),
            Windowed windowed => new TorchWindowed(windowed, Children()[0]),
            RunningStatistics => new TorchRunningStatistics(),
            LinearChain => new TorchLinearChain(),
            Dropout dropout => new TorchDropout(dropout),
            LastStep => new TorchLastStep(),
            Pooling { Kind: PoolingKind.LastStep } => new TorchLastStep(),
            Pooling pooling => new TorchPooling(pooling.Kind, Own),
            _ => throw new NotSupportedException($"The layer {layer.GetType().Name} is not implemented on TorchSharp."),
        };
    }
}
