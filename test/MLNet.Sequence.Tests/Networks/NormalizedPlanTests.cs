using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Networks;

/// <summary>Windows that are normalised to a common level and scale, and outputs that are scaled back.</summary>
[TestClass]
public sealed class NormalizedPlanTests : PlanContract
{
    internal override IReadOnlyList<PlanCase> Cases =>
    [
        Case(WindowNormalization.MeanAndDeviation, field: null),
        Case(WindowNormalization.LastValue, field: 2),
        Case(WindowNormalization.Mean, field: null),
        Kept(WindowNormalization.MeanAndDeviation, field: null),
        Kept(WindowNormalization.LastValue, field: 2),
        Kept(WindowNormalization.Mean, field: null),
    ];

    [TestMethod]
    [DataRow(WindowNormalization.MeanAndDeviation, 3.0)]
    [DataRow(WindowNormalization.LastValue, 1.0)]
    [DataRow(WindowNormalization.Mean, 1.0)]
    public void A_window_moved_and_stretched_gives_the_forecast_moved_and_stretched(WindowNormalization kind, double factor)
    {
        PlanCase @case = Case(kind, null);
        using var probe = new NetworkProbe(@case.Plan, @case.RandomWeights());
        SequenceBatch input = @case.Past(rows: 2);
        SequenceBatch moved = input with { Values = [.. input.Values.Select(value => factor * value - 40)] };
        double[] expected = [.. probe.Forward(input).Select(value => factor * value - 40)];
        // The effect of ε = 1e-5 on a variance near 1 is multiplied by 9: about 1e-5 of the deviation of 3.
        Close.AssertEqual(expected, probe.Forward(moved), factor == 1 ? 1e-13 : 1e-5, $"{kind}");
    }

    [TestMethod]
    public void A_constant_window_gives_finite_values()
    {
        PlanCase @case = Case(WindowNormalization.MeanAndDeviation, null);
        using NetworkProbe probe = NetworkProbe.InFloat32(@case.Plan, @case.RandomWeights());
        var constant = new SequenceBatch(1, PlanCase.Steps, 3, [.. Enumerable.Repeat(1e4, PlanCase.Steps * 3)]);
        Assert.IsTrue(probe.Forward(constant).All(value => Math.Abs(value - 1e4) < 1));
    }

    [TestMethod]
    public void Kept_channels_go_in_as_they_are_and_are_never_targets()
    {
        PlanCase kept = Kept(WindowNormalization.MeanAndDeviation, null);
        using var probe = new NetworkProbe(kept.Plan, kept.RandomWeights());
        SequenceBatch input = kept.Past(rows: 1);
        SequenceBatch moved = input with { Values = [.. input.Values.Select((value, i) => i % 3 == 2 ? value + 4 : value)] };
        double[] one = probe.Forward(input), other = probe.Forward(moved);
        Assert.IsTrue(one.Zip(other).All(pair => Math.Abs(pair.First - pair.Second) > 1e-3));
        NetworkPlan target = kept.Plan with { Normalization = new WindowNormalized(WindowNormalization.LastValue, Targets: 2) { Kept = [1, 3] } };
        CollectionAssert.AreEqual(
            new[] { "Kept must name channels from 2 to 2, after the targets; found 1.", "Kept must name channels from 2 to 2, after the targets; found 3." },
            target.Problems().ToArray());
        StringAssert.Contains((kept.Plan with { Normalization = new WindowNormalized(WindowNormalization.LastValue, Targets: 0) }).Problems().Single(),
            "Targets must be at least 1; found 0.");
        Assert.AreEqual(kept.Plan, Kept(WindowNormalization.MeanAndDeviation, null).Plan);
    }

    private static PlanCase Kept(WindowNormalization kind, int? field)
    {
        PlanCase plain = Case(kind, field);
        return plain with { Plan = plain.Plan with { Normalization = plain.Plan.Normalization! with { Kept = [2] } } };
    }

    private static PlanCase Case(WindowNormalization kind, int? field)
    {
        NetworkPlan plan = NetworkPlan.Of(new Sequential(new CausalConv(3, 2), new LastStep(), new Dense(6)),
            3) with
        { Normalization = new WindowNormalized(kind, Targets: 2) };
        return new PlanCase(plan, "0.weight[3,3,2]", "0.bias[3]", "2.weight[6,3]", "2.bias[6]") { Outputs = 6, Field = field };
    }
}
