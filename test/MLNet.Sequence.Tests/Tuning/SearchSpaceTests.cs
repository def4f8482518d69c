using MLNet.Sequence.Tuning;

namespace MLNet.Sequence.Tests.Tuning;

[TestClass]
public sealed class SearchSpaceTests
{
    [TestMethod]
    public void Draws_lie_in_their_ranges_and_logarithmic_ones_are_even_by_their_logarithm()
    {
        var space = new SearchSpace
        {
            Architectures = [new Lstm(), new Tcn(), new Naive()],
            Context = new SearchRange(10, 12),
            Normalizations = [WindowNormalization.Mean, WindowNormalization.None],
        };
        TuneSettings[] all = [.. Enumerable.Range(0, 3_000).Select(number => space.Draw(1, number))];
        Assert.AreEqual(all[17], space.Draw(1, 17));
        Assert.IsTrue(all.All(trial => trial.LearningRate is >= 3e-4 and <= 1e-2 && trial.BatchSize is >= 16 and <= 64 && trial.Context is >= 10 and <= 12));
        // The middle of the logarithms halves the draws; three deviations of 3,000 coins are 2.7 %.
        Assert.AreEqual(0.5, all.Average(trial => trial.LearningRate < Math.Sqrt(3e-4 * 1e-2) ? 1.0 : 0), 0.03);
        foreach (int context in new[] { 10, 11, 12 })
            Assert.AreEqual(1.0 / 3, all.Average(trial => trial.Context == context ? 1.0 : 0), 0.03);
        Assert.AreEqual(1.0 / 3, all.Average(trial => trial.Architecture is Lstm ? 1.0 : 0), 0.03);
        Assert.AreEqual(0.5, all.Average(trial => trial.Normalization == WindowNormalization.Mean ? 1.0 : 0), 0.03);
        Lstm[] recurrent = [.. all.Select(trial => trial.Architecture).OfType<Lstm>()];
        Assert.IsTrue(recurrent.All(one => one.HiddenSize is >= 16 and <= 64 && one.Dropout is >= 0 and <= 0.3));
        Assert.IsGreaterThan(30, recurrent.Select(one => one.HiddenSize).Distinct().Count());
        Assert.IsTrue(all.Select(trial => trial.Architecture).OfType<Naive>().All(one => one == new Naive()));
    }

    [TestMethod]
    public void What_has_no_range_stays_as_it_is()
    {
        var space = new SearchSpace { Architectures = [new Gru { HiddenSize = 5 }], LearningRate = null, Dropout = null, Width = null, BatchSize = null };
        Assert.AreEqual(new TuneSettings(new Gru { HiddenSize = 5 }), space.Draw(1, 0));
        var options = new ForecastingOptions { Targets = ["y"], Context = 7, Training = new() { LearningRate = 0.5, BatchSize = 3 } };
        Assert.AreEqual(options, space.Draw(1, 0).Apply(options));
        ForecastingOptions changed = new TuneSettings(new Gru()) { Context = 9, LearningRate = 0.25, BatchSize = 4 }.Apply(options);
        Assert.AreEqual((9, 0.25, 4), (changed.Context, changed.Training.LearningRate, changed.Training.BatchSize));
    }

    [TestMethod]
    public void Every_architecture_can_be_varied()
    {
        foreach (string name in Architecture.Names)
        {
            Architecture usual = Architecture.FromName(name), varied = VariedArchitecture.With(usual, 24, 0.125);
            Assert.IsEmpty(varied.Problems(), name);
            Assert.AreEqual(usual, VariedArchitecture.With(usual, null, null), name);
        }

        Assert.AreEqual(new Tcn { Channels = 24, Dropout = 0.125 }, VariedArchitecture.With(new Tcn(), 24, 0.125));
        Assert.AreEqual(new Linear { Size = 24 }, VariedArchitecture.With(new Linear(), 24, 0.125));
    }

    [TestMethod]
    public void A_wrong_space_is_refused_with_all_its_problems()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => new SearchSpace
        {
            Architectures = [],
            LearningRate = new SearchRange(0.1, 0.01),
            Dropout = new SearchRange(0, 1),
            Width = new SearchRange(0, 8) { IsLogarithmic = true },
        }.Draw(1, 0)).Message;
        foreach (string part in new[] { "Architectures must have at least one", "LearningRate must have a Low of at most High; found 0.1 to 0.01",
            "Dropout must be in [0, 1); found 0 to 1", "Width must be in [1, 1048576]; found 0 to 8" })
            StringAssert.Contains(message, part);
    }

    [TestMethod]
    public void Rungs_divide_trials_and_multiply_epochs()
    {
        CollectionAssert.AreEqual(new TuneRung[] { new(27, 2), new(9, 6), new(3, 20) }, TuneRung.Of(27, 3, 20).ToArray());
        CollectionAssert.AreEqual(new TuneRung[] { new(8, 4), new(4, 8), new(2, 16), new(1, 32) }, TuneRung.Of(8, 2, 32).ToArray());
        // Fewer trials or epochs than a reduction.
        CollectionAssert.AreEqual(new TuneRung[] { new(2, 20) }, TuneRung.Of(2, 3, 20).ToArray());
        CollectionAssert.AreEqual(new TuneRung[] { new(9, 2) }, TuneRung.Of(9, 3, 2).ToArray());
    }
}
