using MLNet.Sequence.Comparison;
using MLNet.Sequence.Data;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>The recommendation for losses whose correct answer is known.</summary>
[TestClass]
public sealed class RecurrenceAnalysisTests
{
    private const int Windows = 400, Rounds = 3;
    private const double Margin = 0.02;

    [TestMethod]
    public void A_window_that_is_as_good_is_recommended()
    {
        RecurrenceAnalysis analysis = Analyse(Window("tcn", 1.0), Recurrent("lstm", 1.001));
        Assert.AreEqual(PairedVerdict.AsGood, analysis.OfKinds!.Verdict);
        Decides(analysis, "tcn", needed: false, "recurrence is not needed");
    }

    [TestMethod]
    public void A_window_that_is_better_is_recommended()
    {
        RecurrenceAnalysis analysis = Analyse(Recurrent("lstm", 1.1), Window("tcn", 1.0), Window("linear", 1.3));
        Assert.AreEqual(PairedVerdict.Better, analysis.OfKinds!.Verdict);
        Assert.AreEqual(-0.0909, analysis.OfKinds.Relative, 2e-3);
        Decides(analysis, "tcn", needed: false, "9.1 % smaller");
    }

    [TestMethod]
    public void Recurrence_is_needed_where_every_window_is_worse()
    {
        RecurrenceAnalysis analysis = Analyse(Window("tcn", 1.2), Window("linear", 1.5), Recurrent("lstm", 1.0));
        Assert.AreEqual(PairedVerdict.Worse, analysis.OfKinds!.Verdict);
        Assert.IsNull(analysis.OfStability);
        Decides(analysis, "lstm", needed: true, "recurrence, or a longer receptive field, is needed");
    }

    [TestMethod]
    public void Of_recurrent_models_as_good_as_each_other_the_stable_one_is_recommended()
    {
        RecurrenceAnalysis analysis = Analyse(Window("tcn", 1.2), Recurrent("lstm", 1.0), Stable("stable-lstm", 1.005));
        Assert.AreEqual(PairedVerdict.AsGood, analysis.OfStability!.Verdict);
        Decides(analysis, "stable-lstm", needed: true, "stable-lstm is as good as lstm");
    }

    [TestMethod]
    public void A_stable_model_that_is_worse_is_not()
    {
        RecurrenceAnalysis analysis = Analyse(Window("tcn", 1.2), Recurrent("lstm", 1.0), Stable("stable-lstm", 1.1));
        Assert.AreEqual(PairedVerdict.Worse, analysis.OfStability!.Verdict);
        Decides(analysis, "lstm", needed: true, "is needed");
    }

    [TestMethod]
    [DataRow(1.01, 3)]
    [DataRow(1.06, 3)]
    [DataRow(1.03, 0.15)]
    public void Recurrence_is_not_needed_where_the_interval_is_not_wholly_beyond_the_margin(double window, double own)
    {
        // Independent noise of each model, which paired differences do not cancel.
        RecurrenceAnalysis analysis = Analyse(Window("tcn", window, own), Recurrent("lstm", 1.0, own));
        PairedDifference difference = analysis.OfKinds!;
        Assert.AreEqual(PairedVerdict.Undecided, difference.Verdict);
        Assert.IsTrue(difference.Low <= Margin && difference.High > Margin);
        Assert.AreEqual(own < 1, difference.Low > 0);
        Decides(analysis, "tcn", needed: false, "neither shows that recurrence is needed nor rules it out");
    }

    [TestMethod]
    public void A_smaller_error_within_the_margin_is_as_good()
    {
        PairedDifference difference = Analyse(Window("tcn", 0.99), Recurrent("lstm", 1.0)).OfKinds!;
        Assert.IsLessThan(0, difference.High);
        Assert.AreEqual(PairedVerdict.AsGood, difference.Verdict);
    }

    [TestMethod]
    public void Intervals_hold_all_together_for_the_pairs_that_the_verdict_looks_at()
    {
        RecurrenceCandidate window = Window("tcn", 1.0, own: 1), other = Recurrent("lstm", 1.0, own: 1), stable = Stable("stable-rnn", 1.3);
        RecurrenceAnalysis one = Analyse(window, other), three = Analyse(window, other, stable);
        Assert.AreEqual((1, 3), (one.Pairs, three.Pairs));
        Assert.IsGreaterThan(1.1 * (one.OfKinds!.High - one.OfKinds.Low), three.OfKinds!.High - three.OfKinds.Low);
    }

    [TestMethod]
    public void Models_are_chosen_on_validation_rows_and_judged_on_test_rows()
    {
        RecurrenceCandidate lucky = Window("lucky", 0.9) with { Validation = 2 };
        RecurrenceAnalysis analysis = Analyse(lucky, Window("tcn", 1.0), Recurrent("lstm", 1.2));
        Assert.AreEqual("tcn", analysis.OfKinds!.First);
        Decides(analysis, "tcn", needed: false, "tcn, the best feed-forward model");
    }

    [TestMethod]
    public void Of_windows_as_good_as_the_best_the_simplest_is_recommended()
    {
        RecurrenceCandidate tcn = Window("tcn", 1.0) with { Parameters = 500 }, linear = Window("linear", 1.005) with { IsLinear = true, Parameters = 2000 };
        RecurrenceCandidate small = Window("small", 1.004) with { Parameters = 300 }, worse = Window("worse", 1.2) with { Parameters = 2 };
        Decides(Analyse(tcn, linear, small, worse, Recurrent("lstm", 1.1)), "linear", needed: false, "and linear, which is simpler, is as good: linear is "
            + "as good as tcn");
        Decides(Analyse(tcn, small, worse, Recurrent("lstm", 1.1)), "small", needed: false, "and small, which is simpler, is as good");
        Decides(Analyse(tcn, worse, Recurrent("lstm", 1.1)), "tcn", needed: false, "tcn, the best feed-forward model");
        // A window that is as good as the best cell, although another window was the best on the validation rows.
        RecurrenceAnalysis unlucky = Analyse(Window("lucky", 1.2) with { Validation = 0.5 }, tcn, Recurrent("lstm", 1.0));
        Assert.AreEqual(PairedVerdict.Worse, unlucky.OfKinds!.Verdict);
        Decides(unlucky, "tcn", needed: false, "and tcn, which is simpler, is as good");
        Assert.AreEqual(1 + 3, Analyse(tcn, linear, small, worse, Recurrent("lstm", 1.1)).Pairs);
    }

    [TestMethod]
    public void Who_still_learns_decides_nothing_unless_it_is_ahead_already()
    {
        RecurrenceCandidate tcn = Window("tcn", 1.2), lstm = Recurrent("lstm", 1.0), late = Recurrent("late", 1.1) with { StillLearns = true };
        RecurrenceAnalysis analysis = Analyse(tcn, late);
        Assert.AreEqual(PairedVerdict.Worse, analysis.OfKinds!.Verdict, "late is the best of all.");
        Assert.IsEmpty(analysis.LeftOut);
        analysis = Analyse(tcn with { StillLearns = true }, lstm, late);
        CollectionAssert.AreEqual(new[] { "tcn", "late" }, analysis.LeftOut.Select(candidate => candidate.Name).ToArray());
        Assert.IsNull(analysis.OfKinds);
        Decides(analysis, "lstm", needed: false, "does not show whether recurrence is needed");
    }

    [TestMethod]
    public void With_one_kind_of_model_the_report_does_not_judge_recurrence()
    {
        RecurrenceAnalysis analysis = Analyse(Recurrent("lstm", 1.0), Recurrent("gru", 0.9));
        Assert.IsNull(analysis.OfKinds);
        Decides(analysis, "gru", needed: false, "does not show whether recurrence is needed");
    }

    [TestMethod]
    public void Pairs_take_out_what_makes_windows_hard_for_all()
    {
        RecurrenceAnalysis analysis = Analyse(Window("tcn", 1.0), Recurrent("lstm", 1.05));
        (double low, double high) = analysis.Interval(analysis.FeedForward!);
        PairedDifference difference = analysis.OfKinds!;
        // Windows differ in difficulty, and models differ very little.
        Assert.IsGreaterThan(10 * (difference.High - difference.Low), high - low);
        Assert.IsTrue(low < 1 && high > 1);
    }

    [TestMethod]
    public void Seeds_that_differ_widen_the_interval()
    {
        double Width(double between)
        {
            RecurrenceCandidate window = Window("tcn", 1.0), other = Recurrent("lstm", 1.0);
            other = other with { Losses = [.. other.Losses.Select((round, i) => round.Select(loss => loss * (1 + between * (i - 1))).ToArray())] };
            PairedDifference difference = Analyse(window, other).OfKinds!;
            return difference.High - difference.Low;
        }

        Assert.IsGreaterThan(3 * Width(0), Width(0.1));
    }

    [TestMethod]
    [DataRow(-0.042, "4.2 % smaller")]
    [DataRow(0.5, "50.0 % larger")]
    [DataRow(20, "2,000 % larger")]
    [DataRow(1.6e9, "more than 100 times larger")]
    public void A_difference_is_printed_with_enough_digits(double relative, string words) =>
        Assert.AreEqual(words, PairedDifference.Percent(relative));

    [TestMethod]
    public void A_stopped_model_on_which_the_decision_depends_must_be_trained_to_its_end()
    {
        string[] Early(params RecurrenceCandidate[] all) => [.. Analyse(all).StoppedTooEarly.Select(one => one.Name)];
        RecurrenceCandidate lstm = Recurrent("lstm", 1.0), stopped = Stable("stable", 1.2) with { IsStopped = true };
        // Clearly worse on the test rows, or not looked at.
        CollectionAssert.AreEqual(Array.Empty<string>(), Early(Window("tcn", 1.3) with { IsStopped = true }, lstm));
        CollectionAssert.AreEqual(Array.Empty<string>(), Early(Window("tcn", 1.0), lstm, stopped));
        CollectionAssert.AreEqual(Array.Empty<string>(), Early(Window("tcn", 1.3), lstm, stopped));
        // As good on the test rows, although it was beaten on the validation rows.
        CollectionAssert.AreEqual(new[] { "tcn" }, Early(Window("tcn", 1.0) with { IsStopped = true, Validation = 1.2 }, lstm));
        CollectionAssert.AreEqual(new[] { "stable" }, Early(Window("tcn", 1.3), lstm, Stable("stable", 1.0) with { IsStopped = true, Validation = 1.2 }));
        CollectionAssert.AreEqual(new[] { "linear" }, Early(Window("tcn", 1.0) with { Parameters = 9 }, lstm,
            Window("linear", 1.0) with { IsStopped = true, IsLinear = true, Validation = 1.2 }));
        // Only recurrent and stable models are compared, and the stable one is not looked at.
        CollectionAssert.AreEqual(Array.Empty<string>(), Early(lstm, stopped));
    }

    private static void Decides(RecurrenceAnalysis analysis, string model, bool needed, string words)
    {
        (RecurrenceCandidate chosen, bool needs, string reason) = analysis.Decide();
        Assert.AreEqual((model, needed), (chosen.Name, needs), reason);
        StringAssert.Contains(reason, words);
    }

    private static RecurrenceAnalysis Analyse(params RecurrenceCandidate[] candidates) =>
        new(candidates, new LossIntervals([.. Enumerable.Range(0, Windows).Select(i => (long)i)], overlap: 1, 0.95), Margin);

    private static RecurrenceCandidate Window(string name, double error, double own = 0.01) => Candidate(name, error, own) with { IsFeedForward = true };

    private static RecurrenceCandidate Recurrent(string name, double error, double own = 0.01) => Candidate(name, error, own);

    private static RecurrenceCandidate Stable(string name, double error) => Candidate(name, error, 0.01) with { IsStable = true };

    // A window is equally hard for all models; each model also has its own noise. The mean is exact.
    private static RecurrenceCandidate Candidate(string name, double error, double own)
    {
        var losses = new double[Rounds][];
        for (int round = 0; round < Rounds; round++)
        {
            RandomStream shared = new(1), noise = new(name.Length, name[0], round);
            double[] raw = [.. Enumerable.Range(0, Windows).Select(_ => -Math.Log(1 - shared.NextDouble()) + own * -Math.Log(1 - noise.NextDouble()))];
            losses[round] = [.. raw.Select(loss => error * loss / raw.Average())];
        }

        return new RecurrenceCandidate(name, IsFeedForward: false, IsStable: false, Validation: error, losses);
    }
}
