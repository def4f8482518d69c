using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Networks;

/// <summary>A plan and its known properties.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Weights">Its weights with their shapes, as <c>head.weight[4,3]</c>, in their order.</param>
internal sealed record PlanCase(NetworkPlan Plan, params string[] Weights)
{
    public const int Steps = 7;

    public required int Outputs { get; init; }

    /// <summary>The number of past steps that the output depends on; null: all.</summary>
    public required int? Field { get; init; }

    /// <summary>The number of steps of an open horizon.</summary>
    public int TargetSteps { get; init; }

    /// <summary>The number of vectors that the last channels of the other inputs are indices of; these channels are not numbers.</summary>
    public int? Vocabulary { get; init; }

    public Weights RandomWeights() => NetworkProbe.RandomWeights(Plan, seed: 9);

    public SequenceBatch Past(int rows, int seed = 1, int steps = Steps) => SequenceBatch.Random(rows, steps, Plan.InputSize, seed);

    /// <summary>The values of all other inputs as one step of each row.</summary>
    public SequenceBatch Beside(int rows, int seed = 2)
    {
        int size = Plan.Beside.Sum(ValuesOf);
        SequenceBatch beside = SequenceBatch.Random(rows, 1, Math.Max(1, size), seed);
        if (size == 0)
            return beside with { Channels = 0, Values = [] };
        for (int row = 0; Vocabulary is { } count && row < rows; row++)
            beside.Values[(row + 1) * size - 1] = row % count;
        return beside;
    }

    public int ValuesOf(NetworkInput input) => Plan.IsOpen && input == Plan.Inputs[^1] ? TargetSteps * input.Size : Plan.ValuesOf(input);

    public override string ToString() => string.Join(", ", Plan.Nodes.Select(node => $"{node.Name} of {string.Join(" and ", node.Sources)}"))
        + $", {Plan.Normalization}";
}
