using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

[TestClass]
public sealed class EnsembleTests : ArchitectureContract
{
    private const int Inputs = ArchitectureCase.Inputs;

    internal override IReadOnlyList<ArchitectureCase> Cases =>
    [
        new(new Ensemble(new Rnn { HiddenSize = 3 }, new Linear { Size = 2, Window = 4 }), 3 * (Inputs + 3 + 2) + (4 * Inputs + 1) * 2, ReceptiveField: null),
        new(new Ensemble(new Linear { Size = 2, Window = 4 }, new Linear { Size = 3, Window = 6 }),
            (4 * Inputs + 1) * 2 + (6 * Inputs + 1) * 3, ReceptiveField: 6),
        new(new Ensemble(new Linear { Size = 2, Window = 4 }, new Bidirectional(new Linear { Size = 1, Window = 3 })),
            (4 * Inputs + 1) * 2 + 2 * (3 * Inputs + 1), ReceptiveField: 4),
    ];

    internal override Architecture Invalid => new Ensemble(new Lstm { HiddenSize = 0 }, null!, new Tcn { Channels = 0, KernelSize = 0 });

    internal override IReadOnlyList<string> InvalidProperties =>
        ["Members[0].HiddenSize", "Members[1]", "Members[2].Channels", "Members[2].KernelSize"];

    [TestMethod]
    public void Under_a_linear_head_it_is_the_average_of_members_with_heads_of_their_own()
    {
        Architecture[] members = [new Lstm { HiddenSize = 3 }, new Tcn { Channels = 2, Levels = 1 }];
        var network = new Sequential(new Ensemble(members).Build(8), new Dense(2));
        Weights weights = NetworkProbe.RandomWeights(network, Inputs, seed: 2);
        SequenceBatch input = SequenceBatch.Random(2, 8, Inputs, seed: 3);
        using var whole = new NetworkProbe(network, Inputs, weights);

        // Twice each member's part of the head, and the whole bias: the mean of the two is the ensemble.
        double[] first = Member(members[0], "0.lstm-0.", from: 0, width: 3), second = Member(members[1], "0.tcn-1.", from: 3, width: 2);
        Close.AssertEqual(whole.Forward(input), [.. first.Zip(second, (one, other) => (one + other) / 2)], 1e-6, "mean");

        double[] Member(Architecture member, string path, int from, int width)
        {
            var own = new Weights();
            foreach (WeightSpec spec in member.Build(8).AllWeights(Inputs))
                own.Add(new Weight($"0.{spec.Name}", spec.Shape, weights[path + spec.Name].Values));
            float[] head = [.. weights["1.weight"].Values.Chunk(5).SelectMany(row => row[from..(from + width)]).Select(value => 2 * value)];
            own.Add(new Weight("1.weight", [2, width], head));
            own.Add(weights["1.bias"]);
            using var probe = new NetworkProbe(new Sequential(member.Build(8), new Dense(2)), Inputs, own);
            return probe.Forward(input);
        }
    }

    [TestMethod]
    public void Members_are_compared_one_by_one()
    {
        Assert.AreEqual(new Ensemble(new Gru(), new Tcn()), new Ensemble(new Gru(), new Tcn()));
        Assert.AreEqual(new Ensemble(new Gru(), new Tcn()).GetHashCode(), new Ensemble(new Gru(), new Tcn()).GetHashCode());
        Assert.AreNotEqual(new Ensemble(new Gru(), new Tcn()), new Ensemble(new Tcn(), new Gru()));
        Assert.AreNotEqual(new Ensemble(new Gru()), new Ensemble(new Gru(), new Gru()));
    }

    [TestMethod]
    public void Without_members_it_is_refused() =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(new Ensemble([]).Validate).Message,
            "Members must be at least one architecture; found none.");
}
