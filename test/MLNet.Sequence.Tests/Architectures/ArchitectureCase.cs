using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>Hyper-parameters of a small network, and what the paper says of it.</summary>
/// <param name="Architecture">The hyper-parameters.</param>
/// <param name="Parameters">The number of trainable values, by a formula written from the paper.</param>
/// <param name="ReceptiveField">Steps that an output depends on; null: all that came before it.</param>
internal sealed record ArchitectureCase(Architecture Architecture, long Parameters, int? ReceptiveField)
{
    /// <summary>Channels of the input.</summary>
    public const int Inputs = 3;

    /// <summary>Steps for which the backbone is built.</summary>
    public int Context { get; init; } = 16;

    public Layer Build() => Architecture.Build(Context);

    public Weights FirstWeights(int seed = 3) => Initializer.Draw(Build().AllWeights(Inputs), new RandomStream(seed));

    /// <summary>The backbone with the first weights of training.</summary>
    public NetworkProbe Probe() => NetworkProbe.InFloat32(Build(), Inputs, FirstWeights());

    /// <summary>The backbone in double precision with weights of about the same size everywhere.</summary>
    public NetworkProbe DoubleProbe(int seed = 5) => new(Build(), Inputs, NetworkProbe.RandomWeights(Build(), Inputs, seed));

    public SequenceBatch Input(int rows, int seed = 1) => SequenceBatch.Random(rows, Context, Inputs, seed);

    public override string ToString() => Architecture.ToString();
}
