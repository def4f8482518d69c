namespace MLNet.Sequence.Tests.Generation;

[TestClass]
public sealed class BeamSearchTests
{
    private const int Tokens = 4, Length = 4;

    private static readonly SequenceModel Model = RandomModel.OfTokens(new Gru { HiddenSize = 6 }, "a", "b", "c", "d");

    [TestMethod]
    [DataRow(false, 0)]
    [DataRow(true, 0)]
    [DataRow(true, 1)]
    public void A_beam_as_wide_as_all_there_is_finds_the_best_of_all(bool stops, double power)
    {
        var options = new GenerationOptions { MaxLength = Length, StopTokens = stops ? ["c"] : [] };
        (int[] Tokens, double Sum)[] expected =
            [.. Everything([], 0, stops).OrderByDescending(all => all.Sum / Math.Pow(all.Tokens.Length, power)).Take(50)];
        GeneratedSequence[] found = [.. Model.SearchBeam([1, 3], width: 256, options, power).Take(50)];
        Assert.HasCount(expected.Length, found);
        for (int i = 0; i < expected.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i].Tokens, found[i].Tokens.ToArray(), $"place {i}");
            Assert.AreEqual(expected[i].Sum, found[i].LogProbability, 1e-5);
        }
    }

    [TestMethod]
    public void A_beam_without_a_limit_finds_all_there_is()
    {
        GeneratedSequence[] found = [.. Model.SearchBeam([1, 3], width: int.MaxValue, new GenerationOptions { MaxLength = Length, StopTokens = ["c"] })];
        Assert.HasCount(Everything([], 0, stops: true).Count(), found);
        Assert.AreEqual(1, found.Sum(sequence => Math.Exp(sequence.LogProbability)), 1e-5);
    }

    [TestMethod]
    public void A_beam_of_one_takes_the_most_likely_each_time()
    {
        var options = new GenerationOptions { MaxLength = 20, Temperature = 0 };
        GeneratedSequence best = Model.SearchBeam([1], width: 1, options).Single();
        CollectionAssert.AreEqual(Model.GenerateTokens([1], options).ToArray(), best.Tokens.ToArray());
    }

    [TestMethod]
    public void A_beam_that_cannot_be_continued_ends()
    {
        // Four different tokens, none of them from the prompt.
        GeneratedSequence[] found = [.. Model.SearchBeam([1], width: 6, new GenerationOptions { MaxLength = 50, NoRepeatLength = 1 })];
        Assert.HasCount(6, found);
        foreach (GeneratedSequence sequence in found)
            CollectionAssert.AreEquivalent(new[] { 0, 2, 3 }, sequence.Tokens.ToArray());
    }

    [TestMethod]
    public void Stop_and_banned_tokens_must_be_known()
    {
        foreach (GenerationOptions options in new[] { new GenerationOptions { StopTokens = ["x"] }, new GenerationOptions { BannedTokens = ["x"] } })
        {
            string name = options.StopTokens.Count > 0 ? "StopTokens" : "BannedTokens";
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Model.SearchBeam([1], 2, options)).Message, $"{name} has the token 'x'");
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Model.GenerateTokens([1], options)).Message, $"{name} has the token 'x'");
        }
    }

    [TestMethod]
    public void A_wider_beam_finds_nothing_less_likely_in_the_first_place()
    {
        double[] best = [.. new[] { 1, 4, 256 }.Select(width => Model.SearchBeam([0], width, new GenerationOptions { MaxLength = Length })[0].LogProbability)];
        Assert.IsLessThanOrEqualTo(best[2] + 1e-9, best[0]);
        Assert.IsLessThanOrEqualTo(best[2] + 1e-9, best[1]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Model.SearchBeam([0], width: 0));
    }

    // Every continuation with its log-probability, computed on whole sequences.
    private static IEnumerable<(int[] Tokens, double Sum)> Everything(int[] past, double sum, bool stops)
    {
        if (past.Length == Length || stops && past.Length > 0 && past[^1] == 2)
        {
            yield return (past, sum);
            yield break;
        }

        float[] logits = Model.Managed.Run([1, 3, .. past.Select(token => (float)token)])[^Tokens..];
        double total = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        for (int token = 0; token < Tokens; token++)
        {
            foreach ((int[] Tokens, double Sum) more in Everything([.. past, token], sum + logits[token] - total, stops))
                yield return more;
        }
    }
}
