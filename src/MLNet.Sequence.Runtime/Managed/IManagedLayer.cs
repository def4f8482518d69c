using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>
/// A layer in plain C#. Its weights never change; all changing values are in the caller's state, so any number of threads and streams may
/// use one layer. To add a layer: its file in this folder, and a line in <see cref="Create"/>.
/// </summary>
internal interface IManagedLayer
{
    /// <summary>Number of input channels.</summary>
    int InputSize { get; }

    /// <summary>Number of output channels.</summary>
    int OutputSize { get; }

    /// <summary>Number of floats of state per stream, working space included; all 0 at the start of a sequence.</summary>
    int StateSize { get; }

    /// <summary>
    /// A size of state, limited to the largest int: it is not allocated before a stream begins, which fails if no array can hold it.
    /// </summary>
    static int Size(long floats) => (int)Math.Min(floats, int.MaxValue);

    /// <summary>Whether <see cref="Step"/> gives the same output at each step as the whole sequence up to it.</summary>
    bool CanStep => true;

    /// <summary>The number of output steps for a whole sequence with this number of steps.</summary>
    int OutputSteps(int steps) => steps;

    /// <summary>One step: [InputSize] to [OutputSize], in constant time and without allocation.</summary>
    /// <param name="input">The step's channels.</param>
    /// <param name="output">Filled.</param>
    /// <param name="state">This layer's part of the stream's state.</param>
    /// <param name="time">The number of steps before this one.</param>
    void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time);

    /// <summary>A whole sequence: [steps, InputSize] to [OutputSteps(steps), OutputSize].</summary>
    void Run(ReadOnlySpan<float> input, Span<float> output, int steps);

    /// <summary>
    /// This layer with a memory, [its steps × its channels], which is read here and not again at each step. Only layers that attend to a
    /// memory, and layers around them, become others.
    /// </summary>
    /// <param name="memory">The memory.</param>
    /// <param name="trace">Gets the attention weights of each step; null, the default: nobody asks for them.</param>
    IManagedLayer Remember(ReadOnlySpan<float> memory, AttentionTrace? trace = null) => this;

    /// <summary>Whole sequences of the same length: [sequences, steps, InputSize] to [sequences, OutputSteps(steps), OutputSize].</summary>
    void RunMany(ReadOnlySpan<float> input, Span<float> output, int sequences, int steps)
    {
        int from = steps * InputSize, to = OutputSteps(steps) * OutputSize;
        for (int i = 0; i < sequences; i++)
            Run(input.Slice(i * from, from), output.Slice(i * to, to), steps);
    }

    /// <summary>
    /// This layer at some steps of its output: only what they depend on is computed, with the bits of <see cref="Run"/>. By default all steps up to
    /// the last one are.
    /// </summary>
    /// <param name="wanted">The steps of its output, ascending; at least one.</param>
    /// <param name="steps">The steps of the sequence.</param>
    ISelectedLayer Select(int[] wanted, int steps) => new SelectedPrefix(this, wanted, steps);

    /// <param name="layer">The layer to run.</param>
    /// <param name="inputSize">The number of its input channels.</param>
    /// <param name="path">The path of its weights.</param>
    /// <param name="weights">The weights of the network.</param>
    static IManagedLayer Create(Layer layer, int inputSize, string path, Weights weights)
    {
        IManagedLayer Child(ChildLayer child) => Create(child.Layer, child.InputSize, Layer.Join(path, child.Name), weights);
        IManagedLayer[] Children() => [.. layer.Children(inputSize).Select(Child)];
        float[] Own(string name) => weights[Layer.Join(path, name)].Values.Items;
        return layer switch
        {
            Sequential => new ManagedSequential(Children(), inputSize),
            Branched => new ManagedBranched(Children()),
            Reversed => new ManagedReversed(Children()[0]),
            PatchedLayer patched => new ManagedPatched(patched, Children()[0], inputSize),
            ChannelSplit split => new ManagedChannelSplit(Children()[0], Children()[1], split.Sum),
            SinusoidalPositions => new ManagedSinusoidalPositions(inputSize),
            PositionEmbedding positions => new ManagedPositionEmbedding(positions, inputSize, Own),
            Residual residual => new ManagedResidual(residual, Children(), inputSize),
            Embedding embedding => new ManagedEmbedding(embedding, Own),
            TiedEmbedding tied => new ManagedTiedEmbedding(tied, Children(), Own),
            AdaptiveSoftmax softmax => new ManagedAdaptiveSoftmax(softmax, inputSize, Own),
            Dense dense => new ManagedDense(dense, inputSize, Own),
            CausalConv convolution => new ManagedCausalConv(convolution, inputSize, Own),
            RnnLayer { Activation: ActivationKind.Tanh } rnn => new ManagedRecurrent<RnnStep<TanhFunction>>(inputSize, rnn.HiddenSize, Own),
            RnnLayer { Activation: ActivationKind.Relu } rnn => new ManagedRecurrent<RnnStep<ReluFunction>>(inputSize, rnn.HiddenSize, Own),
            LstmLayer lstm => new ManagedRecurrent<LstmStep>(inputSize, lstm.HiddenSize, Own),
            GruLayer gru => new ManagedRecurrent<GruStep>(inputSize, gru.HiddenSize, Own),
            MinGruLayer minimal => new ManagedMinGru(minimal, inputSize, Own),
            ProjectedLstmLayer projected => new ManagedProjectedLstm(projected, inputSize, Own),
            MinLstmLayer minimal => new ManagedMinLstm(minimal, inputSize, Own),
            ParaGruLayer diagonal => new ManagedParaGru(diagonal, inputSize, Own),
            ParaLstmLayer diagonal => new ManagedParaLstm(diagonal, inputSize, Own),
            LruLayer lru => new ManagedLru(lru, inputSize, Own),
            Activation activation => new ManagedActivation(activation.Kind, inputSize),
            Clamp clamp => new ManagedClamp(clamp, inputSize),
            LayerNorm => new ManagedLayerNorm(inputSize, Own),
            CausalAttention attention => new ManagedCausalAttention(attention, inputSize, Own),
            AttentionGru attention => new ManagedAttentionGru(attention, inputSize, Own),
            CrossAttention attention => new ManagedCrossAttention(attention, inputSize, Own),
            Gated gated => new ManagedGated(gated.Kind, inputSize),
            SkipSum => new ManagedSkipSum(Children(), inputSize),
            Windowed windowed => new ManagedWindowed(Children()[0], windowed.Steps),
            RunningStatistics => new ManagedRunningStatistics(inputSize),
            Dropout or LinearChain => new ManagedIdentity(inputSize),
            LastStep => new ManagedLastStep(inputSize),
            Pooling pooling => new ManagedPooling(pooling.Kind, inputSize, Own),
            _ => throw new NotSupportedException($"The layer {layer.GetType().Name} has no form in plain C#."),
        };
    }
}
