namespace MLNet.Sequence.Tests.Model;

/// <summary>A thousand files made like those of the bench's fuzz, but different ones.</summary>
[TestClass]
public sealed class FuzzTests
{
    private const int Cases = 1_000;

    [TestMethod]
    public void A_changed_file_is_refused_or_used_as_it_says_and_takes_little_memory()
    {
        var run = new FuzzRun(seed: -1);
        FuzzOutcome[] outcomes = [.. Enumerable.Range(0, Cases).Select(number => run.Try(number))];

        string faults = string.Join("\n", outcomes.Select((outcome, number) => (outcome, number)).Where(one => one.outcome.Fault is not null)
            .Select(one => $"{one.outcome.Kind} {one.number}: {one.outcome.Fault}"));
        Assert.AreEqual("", faults);
        // The search is a real one: files of every kind are refused, and some are used.
        foreach (IGrouping<string, FuzzOutcome> kind in outcomes.GroupBy(outcome => outcome.Kind))
        {
            Assert.IsGreaterThan(kind.Count() / 3, kind.Count(outcome => outcome.Refused), kind.Key);
            Assert.IsGreaterThan(5, kind.Count(outcome => !outcome.Refused), kind.Key);
        }
    }
}
