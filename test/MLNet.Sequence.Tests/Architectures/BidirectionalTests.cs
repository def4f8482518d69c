using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class BidirectionalTests : ArchitectureContract
{
    private const int Inputs = ArchitectureCase.Inputs;

    // Each direction has the weights of its own network.
    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        new(new Bidirectional(new Lstm { HiddenSize = 4 }), 2 * 4 * (Inputs * 4 + 4 * 4 + 2 * 4), ReceptiveField: null),
        new(new Bidirectional(new Gru { HiddenSize = 2, Layers = 2, Dropout = 0.25 }), 2 * 3 * (Inputs * 2 + 4 + 4 + (4 + 4 + 4)), ReceptiveField: null),
        new(new Bidirectional(new WindowMlp { HiddenSize = 4, Layers = 1, Window = 5 }), 2 * (5 * Inputs * 4 + 4), ReceptiveField: 5),
    ];

    internal override Architecture Invalid => new Bidirectional(new Lstm { HiddenSize = 0, Layers = -1, Dropout = 1 });

    internal override IReadOnlyList<string> InvalidProperties => ["Inner.HiddenSize", "Inner.Layers", "Inner.Dropout"];

    [TestMethod]
    public void One_half_looks_back_and_the_other_ahead()
    {
        foreach (ArchitectureCase @case in Cases)
        {
            using NetworkProbe probe = @case.Probe();
            SequenceBatch input = @case.Input(rows: 1);
            double[][] before = Steps(probe, input), after = Steps(probe, input.Changed(step => step == 8, seed: 3));
            int half = before[0].Length / 2;
            for (int step = 0; step < before.Length; step++)
            {
                if (step < 8)
                    CollectionAssert.AreEqual(before[step][..half], after[step][..half], $"{@case}: forward, step {step}");
                if (step > 8)
                    CollectionAssert.AreEqual(before[step][half..], after[step][half..], $"{@case}: backward, step {step}");
            }
        }
    }

    [TestMethod]
    public void With_the_weights_exchanged_a_sequence_read_from_its_end_gives_the_same_from_its_end()
    {
        ArchitectureCase @case = Cases[0];
        Weights weights = @case.FirstWeights(), exchanged = new();
        foreach (WeightSpec spec in @case.Build().AllWeights(Inputs))
        {
            string other = spec.Name.StartsWith("forward.", StringComparison.Ordinal)
                ? spec.Name.Replace("forward.", "backward.inner.", StringComparison.Ordinal)
                : spec.Name.Replace("backward.inner.", "forward.", StringComparison.Ordinal);
            exchanged.Add(new Weight(spec.Name, spec.Shape, weights[other].Values));
        }

        SequenceBatch input = @case.Input(rows: 1);
        var backwards = input with { Values = [.. input.Values.Chunk(Inputs).Reverse().SelectMany(step => step)] };
        using NetworkProbe probe = new(@case.Build(), Inputs, weights), mirrored = new(@case.Build(), Inputs, exchanged);
        double[][] expected = [.. Steps(probe, input).Reverse().Select(step => step[4..].Concat(step[..4]).ToArray())];
        Close.AssertEqual([.. expected.SelectMany(step => step)], mirrored.Forward(backwards), 1e-14, "from the end");
    }

    [TestMethod]
    public void Without_an_inner_architecture_it_is_refused() =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(new Bidirectional(null!).Validate).Message, "Inner must be an architecture; found none.");

    private static double[][] Steps(NetworkProbe probe, SequenceBatch input)
    {
        double[] output = probe.Forward(input);
        return [.. output.Chunk(output.Length / input.Steps)];
    }
}
