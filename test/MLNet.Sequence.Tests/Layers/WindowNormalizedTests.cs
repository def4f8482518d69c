using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class WindowNormalizedTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(WindowNormalization.MeanAndDeviation, field: null),
        Case(WindowNormalization.LastValue, field: 1),
        Case(WindowNormalization.Mean, field: null),
        Case(WindowNormalization.None, field: 1),
        Kept(WindowNormalization.MeanAndDeviation, field: null),
        Kept(WindowNormalization.LastValue, field: 1),
        Kept(WindowNormalization.Mean, field: null),
    ];

    [TestMethod]
    [DataRow(WindowNormalization.MeanAndDeviation, 3.0)]
    [DataRow(WindowNormalization.LastValue, 1.0)]
    [DataRow(WindowNormalization.Mean, 1.0)]
    public void A_window_moved_and_stretched_gives_the_forecast_moved_and_stretched(WindowNormalization kind, double factor)
    {
        LayerCase @case = Case(kind, null);
        using NetworkProbe probe = @case.Probe();
        SequenceBatch input = @case.Input(rows: 2);
        SequenceBatch moved = input with { Values = [.. input.Values.Select(value => factor * value - 40)] };
        double[] expected = [.. probe.Forward(input).Select(value => factor * value - 40)];
        // ε = 1e-5 beside a variance near 1 is stretched by 9: some 1e-5 of the deviation of 3.
        Close.AssertEqual(expected, probe.Forward(moved), factor == 1 ? 1e-13 : 1e-5, $"{kind}");
    }

    [TestMethod]
    public void A_constant_window_gives_finite_values()
    {
        LayerCase @case = Case(WindowNormalization.MeanAndDeviation, null);
        using NetworkProbe probe = @case.Probe(single: true);
        var constant = new SequenceBatch(1, LayerCase.Steps, @case.Inputs, [.. Enumerable.Repeat(1e4, LayerCase.Steps * @case.Inputs)]);
        Assert.IsTrue(probe.Forward(constant).All(value => Math.Abs(value - 1e4) < 1));
    }

    [TestMethod]
    public void Kept_channels_go_in_as_they_are_and_are_never_targets()
    {
        LayerCase kept = Kept(WindowNormalization.MeanAndDeviation, null);
        using NetworkProbe probe = kept.Probe();
        SequenceBatch input = kept.Input(rows: 1);
        SequenceBatch moved = input with { Values = [.. input.Values.Select((value, i) => i % 3 == 2 ? value + 4 : value)] };
        double[] one = probe.Forward(input), other = probe.Forward(moved);
        Assert.IsTrue(one.Zip(other).All(pair => Math.Abs(pair.First - pair.Second) > 1e-3));
        var target = new WindowNormalized(new Sequential(new LastStep(), new Dense(6)), WindowNormalization.LastValue, Targets: 2) { Kept = [1, 3] };
        CollectionAssert.AreEqual(
            new[] { "Kept must name channels from 2 to 2, behind the targets; found 1.", "Kept must name channels from 2 to 2, behind the targets; found 3." },
            target.Problems(3).Select(problem => problem[problem.IndexOf("Kept", StringComparison.Ordinal)..]).ToArray());
        Assert.AreEqual(kept.Layer, Kept(WindowNormalization.MeanAndDeviation, null).Layer);
    }

    private static LayerCase Kept(WindowNormalization kind, int? field)
    {
        LayerCase plain = Case(kind, field);
        return plain with { Layer = (WindowNormalized)plain.Layer with { Kept = [2] } };
    }

    private static LayerCase Case(WindowNormalization kind, int? field) =>
        new(new WindowNormalized(new Sequential(new LastStep(), new Dense(6)), kind, Targets: 2), 3, "inner.1.weight[6,3]", "inner.1.bias[6]")
        {
            Outputs = 6,
            KeepsTime = false,
            Field = field,
        };
}
