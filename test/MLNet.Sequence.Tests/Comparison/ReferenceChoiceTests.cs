using MLNet.Sequence.Comparison;
using MLNet.Sequence.Data;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>Whether a reference is recommended instead of a trained model, for losses whose correct answer is known.</summary>
[TestClass]
public sealed class ReferenceChoiceTests
{
    private const int Windows = 400;

    [TestMethod]
    public void A_model_that_is_clearly_better_than_all_is_recommended() => Assert.IsNull(Chosen(Made("lstm", 1.0), Made("mean", 2.0), Made("naive", 1.1)));

    [TestMethod]
    public void A_reference_that_is_better_or_as_good_is_recommended_in_its_place()
    {
        Assert.AreEqual("naive", Chosen(Made("lstm", 1.0), Made("mean", 2.0), Made("naive", 0.9)));
        Assert.AreEqual("naive", Chosen(Made("lstm", 1.0), Made("mean", 2.0), Made("naive", 1.005)));
    }

    [TestMethod]
    public void A_model_that_is_not_shown_to_be_better_is_not_recommended() =>
        Assert.AreEqual("naive", Chosen(Made("lstm", 1.0, own: 3), Made("mean", 9.0), Made("naive", 1.04, own: 3)));

    [TestMethod]
    public void Of_references_that_are_as_good_the_simplest_is_taken()
    {
        Assert.AreEqual("naive", Chosen(Made("lstm", 1.0), Made("mean", 2.0), Made("naive", 1.0), Made("drift", 0.995), Made("ridge-1", 0.99)));
        Assert.AreEqual("ridge-1", Chosen(Made("lstm", 1.0), Made("mean", 2.0), Made("naive", 1.2), Made("drift", 1.1), Made("ridge-1", 0.9)));
    }

    [TestMethod]
    public void A_simple_model_that_is_far_worse_now_and_then_is_not_as_good_because_of_its_wide_interval()
    {
        RecurrenceCandidate mean = Made("mean", 1.0);
        double[] rare = [.. mean.Losses[0].Select((loss, i) => loss + (i == 0 ? 4 * Windows : 0))];
        mean = mean with { Validation = 5, Losses = [rare] };
        RecurrenceAnalysis analysis = Analyse(Made("lstm", 1.0), mean, Made("naive", 1.0));
        Assert.AreEqual(PairedVerdict.Undecided, analysis.Compare(mean, analysis.References[1]).Verdict);
        Assert.AreEqual("naive", analysis.Reference!.Name);
    }

    [TestMethod]
    public void The_best_reference_is_one_more_pair_that_the_verdict_looks_at()
    {
        Assert.AreEqual(1, Analyse(Made("lstm", 1.0)).Pairs);
        Assert.AreEqual(2, Analyse(Made("lstm", 1.0), Made("mean", 1.0), Made("naive", 1.0)).Pairs);
    }

    private static string? Chosen(RecurrenceCandidate model, params RecurrenceCandidate[] references) => Analyse(model, references).Reference?.Name;

    private static RecurrenceAnalysis Analyse(RecurrenceCandidate model, params RecurrenceCandidate[] references) =>
        new([model], new LossIntervals([.. Enumerable.Range(0, Windows).Select(i => (long)i)], overlap: 1, 0.95), margin: 0.02) { References = references };

    // A window is equally hard for all; each also has its own noise.
    private static RecurrenceCandidate Made(string name, double error, double own = 0.01)
    {
        RandomStream shared = new(1), noise = new(name.Length, name[0]);
        double[] raw = [.. Enumerable.Range(0, Windows).Select(_ => -Math.Log(1 - shared.NextDouble()) - own * Math.Log(1 - noise.NextDouble()))];
        return new RecurrenceCandidate(name, IsFeedForward: true, IsStable: false, error, [[.. raw.Select(loss => error * loss / raw.Average())]]);
    }
}
