using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>A layer and what is known of it.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">Channels that it receives.</param>
/// <param name="Weights">Its weights with their shapes, as <c>weight[4,3]</c>, in their order.</param>
internal sealed record LayerCase(Layer Layer, int Inputs, params string[] Weights)
{
    public const int Steps = 7;

    /// <summary>Channels that come out.</summary>
    public required int Outputs { get; init; }

    /// <summary>The output is [B, T, C]; else [B, C].</summary>
    public bool KeepsTime { get; init; } = true;

    /// <summary>Steps that the last output depends on; null: all.</summary>
    public int? Field { get; init; } = 1;

    /// <summary>The last output depends on how many steps came before, not on what they were.</summary>
    public bool CountsSteps { get; init; }

    /// <summary>The input is of so many tokens; null: of numbers.</summary>
    public int? Vocabulary { get; init; }

    public NetworkProbe Probe(bool single = false)
    {
        Weights weights = RandomWeights();
        return single ? NetworkProbe.InFloat32(Layer, Inputs, weights) : new NetworkProbe(Layer, Inputs, weights);
    }

    public Weights RandomWeights() => NetworkProbe.RandomWeights(Layer, Inputs, seed: 9);

    public SequenceBatch Input(int rows, int seed = 1, int steps = Steps) => Vocabulary is { } tokens
        ? SequenceBatch.Tokens(rows, steps, tokens, seed)
        : SequenceBatch.Random(rows, steps, Inputs, seed);

    public override string ToString() => $"{Layer} on {Inputs} channels";
}
