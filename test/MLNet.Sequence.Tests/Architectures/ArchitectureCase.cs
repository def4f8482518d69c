using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>Hyper-parameters of a small network, and its properties according to the paper.</summary>
/// <param name="Architecture">The hyper-parameters.</param>
/// <param name="Parameters">The number of trainable values, by a formula written from the paper.</param>
/// <param name="ReceptiveField">The number of steps that an output depends on; null: all earlier ones.</param>
internal sealed record ArchitectureCase(Architecture Architecture, long Parameters, int? ReceptiveField)
{
    /// <summary>The number of input channels.</summary>
    public const int Inputs = 3;

    /// <summary>The number of steps for which the backbone is built.</summary>
    public int Context { get; init; } = 16;

    public Layer Build() => Architecture.Build(Context);

    public Weights FirstWeights(int seed = 3) => Initializer.Draw(Build().AllWeights(Inputs), new RandomStream(seed));

    /// <summary>The backbone with the initial weights of training.</summary>
    public NetworkProbe Probe() => NetworkProbe.InFloat32(Build(), Inputs, FirstWeights());

    /// <summary>The backbone in double precision with weights of about the same size in all layers.</summary>
    public NetworkProbe DoubleProbe(int seed = 5) => new(Build(), Inputs, NetworkProbe.RandomWeights(Build(), Inputs, seed));

    public SequenceBatch Input(int rows, int seed = 1) => SequenceBatch.Random(rows, Context, Inputs, seed);

    public override string ToString() => Architecture.ToString();
}
