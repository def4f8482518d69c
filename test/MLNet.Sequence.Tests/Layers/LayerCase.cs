using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>A layer and its known properties.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">The number of input channels.</param>
/// <param name="Weights">Its weights with their shapes, as <c>weight[4,3]</c>, in their order.</param>
internal sealed record LayerCase(Layer Layer, int Inputs, params string[] Weights)
{
    public const int Steps = 7;

    /// <summary>The number of output channels.</summary>
    public required int Outputs { get; init; }

    /// <summary>Whether the output is [B, T, C]; otherwise it is [B, C].</summary>
    public bool KeepsTime { get; init; } = true;

    /// <summary>Steps that the last output depends on; null: all.</summary>
    public int? Field { get; init; } = 1;

    /// <summary>Whether the last output depends on the number of steps before it, but not on their values.</summary>
    public bool CountsSteps { get; init; }

    /// <summary>The number of tokens of the input; null: numbers.</summary>
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
