using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Certificates;

/// <summary>Takes the differences of two runs in a layer's input, step by step from the window's first, and gives those of its output.</summary>
internal delegate Difference DifferenceStep(Difference input);

/// <summary>How two runs differ before the window's first step.</summary>
/// <param name="Open">One run saw any inputs before it, the other begins there; otherwise both begin there.</param>
/// <param name="Probed">A recurrent layer whose states differ; null: none.</param>
internal sealed record Past(bool Open, Probe? Probed = null)
{
    public static Past Unknown { get; } = new(Open: true);

    public static Past Same { get; } = new(Open: false);
}

/// <summary>A recurrent layer whose states differ, in its norm.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Size">The size of the difference at the first step.</param>
/// <param name="Fades">Whether the difference then shrinks by the layer's factor in each step; false: it stays.</param>
internal sealed record Probe(RecurrentBound Layer, double Size, bool Fades);

/// <summary>The weights of the bounded network, and the number of steps that it always sees; null: any number.</summary>
internal sealed record BoundedNetwork(Weights Weights, int? Steps)
{
    /// <summary>The relative spacing of the floating-point numbers that the network computes with: float32's; 0 for real numbers.</summary>
    public double Spacing { get; init; } = Math.Pow(2, -23);
}

/// <summary>A layer with a state of unbounded memory, and the number of sequence steps per step of the layer.</summary>
internal sealed record EndlessState(RecurrentBound Layer, int Stride)
{
    /// <summary>The factor of its best norm, for each step of the sequence.</summary>
    public double Lambda => Stride == 1 ? Layer.Norm.Lambda : Outward.Up(Math.Pow(Layer.Norm.Lambda, 1.0 / Stride));
}

/// <summary>What is proved about a layer: the range of its outputs, and how differences propagate through it.</summary>
internal abstract class LayerBound
{
    protected LayerBound(ValueRange output) => Output = output;

    /// <summary>A range that contains the outputs at all steps.</summary>
    public ValueRange Output { get; }

    /// <summary>The layers directly inside this one.</summary>
    public virtual IReadOnlyList<LayerBound> Inner => [];

    /// <summary>The layers with unbounded memory, this one or inside it. Layers that run within a window are not among them.</summary>
    public virtual IEnumerable<EndlessState> Recurrent() => Inner.SelectMany(inner => inner.Recurrent());

    /// <summary>Why it is not proved that the steps before a window are forgotten; empty if it is.</summary>
    public virtual IEnumerable<string> Obstacles() => Inner.SelectMany(inner => inner.Obstacles());

    /// <summary>Two runs from the window's first step on.</summary>
    public abstract DifferenceStep Start(Past past);

    /// <param name="layer">The layer.</param>
    /// <param name="input">The range of its inputs.</param>
    /// <param name="path">The path of its weights.</param>
    /// <param name="network">The network that it belongs to.</param>
    public static LayerBound Of(Layer layer, ValueRange input, string path, BoundedNetwork network)
    {
        int size = input.Count;
        LayerBound Child(int index, ValueRange range)
        {
            ChildLayer child = layer.Children(size).ElementAt(index);
            return Of(child.Layer, range, Layer.Join(path, child.Name), network);
        }

        double[] Own(string name) => Array.ConvertAll(network.Weights[Layer.Join(path, name)].Values.Items, value => (double)value);
        string name = path.Length == 0 ? layer.GetType().Name : $"{layer.GetType().Name} '{path}'";
        return layer switch
        {
            Dropout or LinearChain or LastStep or Pooling { Kind: PoolingKind.LastStep } => new PlainBound(input, difference => difference),
            Dense => PlainBound.Dense(Own("weight"), Own("bias"), input),
            Activation activation => PlainBound.Activation(activation.Kind, input),
            TiedEmbedding tied => ChainBound.Tied(tied, Own("weight"), Own("bias"), Child),
            AdaptiveSoftmax softmax => PlainBound.AdaptiveSoftmax(softmax, Own, size),
            Embedding embedding => PlainBound.Embedding(Array.ConvertAll(Own("weight"), value => embedding.Scale * value), embedding.Size),
            Clamp clamp => PlainBound.Clamp(clamp.Limit, input),
            Gated gated => PlainBound.Gated(gated.Kind, input),
            LayerNorm => PlainBound.LayerNorm(Own("weight"), Own("bias"), input),
            Sequential sequential => ChainBound.Make(sequential.Layers.Count, Child, input),
            ChannelSplit split => SplitBound.Make(split, Child, input),
            Branched branched => new BranchBound([.. branched.Branches.Select((_, i) => Child(i, input))]),
            Residual { Scale: 1, Conditions: 0 } => new SumBound(
                Child(0, input), layer.Children(size).Count() > 1 ? Child(1, input) : new PlainBound(input, difference => difference)),
            SkipSum { Conditions: 0 } skips => SkipBound.Make(skips, Child, input),
            CausalConv convolution => new ConvolutionBound(convolution, Own, input),
            PatchedLayer patched => new PatchedBound(patched, Child(0, PatchedBound.Patches(input, patched.Length)), input),
            Windowed windowed => new WindowedBound(Child(0, input), windowed.Steps),
            RnnLayer rnn => new RecurrentBound(name, new RnnCell(rnn, Own, input), (size, network.Spacing)),
            LstmLayer => new RecurrentBound(name, new LstmCell(Own, input), (size, network.Spacing)),
            GruLayer => new RecurrentBound(name, new GruCell(Own, input), (size, network.Spacing)),
            MinGruLayer or MinLstmLayer => new RecurrentBound(name, new MinimalCell(layer is MinLstmLayer, Own, input), (size, network.Spacing)),
            ParaGruLayer => new RecurrentBound(name, new ParaGruCell(Own, input), (size, network.Spacing)),
            ParaLstmLayer => new RecurrentBound(name, new ParaLstmCell(Own, input), (size, network.Spacing)),
            LruLayer => new RecurrentBound(name, new LruCell(Own, input), (size, network.Spacing)),
            _ => new OpaqueBound(name, layer, ValueRange.Unknown(layer.OutputSize(size))),
        };
    }
}
