using MLNet.Sequence.Tests.Model;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Some checkpoints made like those of the bench's fuzz, but different ones.</summary>
[TestClass]
public sealed class CheckpointFuzzTests
{
    private const int Cases = 200;

    [TestMethod]
    public void A_changed_checkpoint_is_refused_by_name_or_continues_and_takes_little_memory()
    {
        using var run = new CheckpointFuzz(seed: -1);
        FuzzOutcome[] outcomes = [.. Enumerable.Range(0, Cases).Select(number => run.Try(number))];

        string faults = string.Join("\n", outcomes.Select((outcome, number) => (outcome, number)).Where(one => one.outcome.Fault is not null)
            .Select(one => $"{one.number}: {one.outcome.Fault}"));
        Assert.AreEqual("", faults);
        // The search is a real one: most are refused, and some are used.
        Assert.IsGreaterThan(Cases / 2, outcomes.Count(outcome => outcome.Refused));
        Assert.IsGreaterThan(5, outcomes.Count(outcome => !outcome.Refused));
    }
}
