using MLNet.Sequence.Comparison;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>Which models of a race stop, on artificial learning curves.</summary>
[TestClass]
public sealed class RaceRuleTests
{
    private const double Margin = 0.02;

    private static readonly RaceRule Rule = new(Margin, trainsOn: true);

    [TestMethod]
    public void A_flat_curve_far_above_the_best_stops()
    {
        Assert.IsTrue(Rule.IsBeaten([1.2, 1.2, 1.2, 1.2, 1.2], best: 1));
        // Three more quarters of 2 %.
        Assert.AreEqual(1.2 - 3 * 0.02 * 1.2, Rule.Reachable([1.2, 1.2, 1.2, 1.2, 1.2]), 1e-12);
    }

    [TestMethod]
    [DataRow(1.0)]
    [DataRow(1.02)]
    [DataRow(1.08)]
    public void A_tie_stays(double loss) => Assert.IsFalse(Rule.IsBeaten([loss, loss, loss, loss, loss], best: 1));

    [TestMethod]
    public void A_curve_that_still_falls_stays()
    {
        // .05 in four epochs: .0625 in each of seven more quarters, three of them if nothing trains on.
        double[] falling = [1.35, 1.34, 1.32, 1.31, 1.3];
        Assert.IsFalse(Rule.IsBeaten(falling, best: 1));
        Assert.AreEqual(1.3 - 7 * 0.0625, Rule.Reachable(falling), 1e-12);
        Assert.IsTrue(new RaceRule(Margin, trainsOn: false).IsBeaten(falling, best: 1));
    }

    [TestMethod]
    public void A_curve_that_has_not_begun_to_fall_stays() => Assert.IsFalse(Rule.IsBeaten([2.1, 2.1, 2.1, 2.1, 2.1], best: 1));

    [TestMethod]
    public void Losses_below_0_are_compared_likewise()
    {
        Assert.IsTrue(Rule.IsBeaten([-1, -1, -1, -1, -1], best: -1.2));
        Assert.IsFalse(Rule.IsBeaten([-1.18, -1.18, -1.18], best: -1.2));
    }

    [TestMethod]
    public void The_best_never_stops()
    {
        var random = new RandomStream(1);
        for (int race = 0; race < 1000; race++)
        {
            double[][] curves = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 5).Select(_ => random.NextNormal()).ToArray())];
            double[] best = curves.MinBy(curve => curve.Min())!;
            Assert.IsFalse(Rule.IsBeaten(best, best.Min()));
        }
    }

    // A falling convex curve, run to its end: whatever its speed, one that stops would not have come within the margin of the best.
    [TestMethod]
    public void A_curve_that_stops_would_not_have_caught_up()
    {
        const int Epochs = 20, Quarter = Epochs / RaceRule.Parts;
        int stopped = 0;
        foreach (double start in (double[])[0.01, 0.1, 0.3, 1, 3])
        {
            foreach (double speed in (double[])[1e-3, 0.01, 0.03, 0.1, 0.3, 1, 3])
            {
                for (double end = 0.5; end < 2; end += 0.01)
                {
                    double Loss(int epoch) => end + start * Math.Exp(-speed * epoch);
                    double[] begun = [.. Enumerable.Range(1, Quarter).Select(Loss)];
                    if (!Rule.IsBeaten(begun, best: 1))
                        continue;
                    stopped++;
                    Assert.IsGreaterThan(1 + Margin, Loss(Epochs), $"{end} + {start} exp(−{speed} n)");
                }
            }
        }

        Assert.IsGreaterThan(500, stopped);
    }

    [TestMethod]
    public void A_race_decides_after_a_quarter_of_the_epochs_unless_the_last_ones_count_most()
    {
        Assert.AreEqual(5, RaceRule.Decides(new TrainingOptions { Epochs = 20 }));
        Assert.AreEqual(3, RaceRule.Decides(new TrainingOptions { Epochs = 12 }));
        Assert.IsNull(RaceRule.Decides(new TrainingOptions { Epochs = 11 }));
        Assert.IsNull(RaceRule.Decides(new TrainingOptions { Epochs = 20, Schedule = new CosineSchedule() }));
    }
}
