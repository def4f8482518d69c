using MLNet.Sequence.Generation;

namespace MLNet.Sequence.Tests.Generation;

[TestClass]
public sealed class TokenSamplerTests
{
    private const int Draws = 40_000;

    private static readonly float[] Logits = [1.5f, -0.5f, 0.2f, 2, -3];

    [TestMethod]
    [DataRow(1)]
    [DataRow(0.5)]
    [DataRow(3)]
    public void Tokens_have_the_frequencies_of_the_softmax_of_their_logits_over_the_temperature(double temperature) =>
        AssertShares(new GenerationOptions { Temperature = temperature }, Softmax([.. Logits.Select(logit => logit / temperature)]));

    [TestMethod]
    public void The_most_likely_k_share_all()
    {
        double[] all = Softmax([.. Logits.Select(logit => (double)logit)]);
        double sum = all[3] + all[0] + all[2];
        AssertShares(new GenerationOptions { TopK = 3 }, [all[0] / sum, 0, all[2] / sum, all[3] / sum, 0]);
    }

    [TestMethod]
    public void The_fewest_that_reach_the_probability_share_all()
    {
        double[] all = Softmax([.. Logits.Select(logit => (double)logit)]);
        // The two most likely tokens have probabilities of about .54 and .33.
        Assert.IsTrue(all[3] < 0.6 && all[3] + all[0] > 0.85);
        AssertShares(new GenerationOptions { TopP = 0.85 }, [all[0] / (all[0] + all[3]), 0, 0, all[3] / (all[0] + all[3]), 0]);
        AssertShares(new GenerationOptions { TopP = 0.5 }, [0, 0, 0, 1, 0]);
        AssertShares(new GenerationOptions { TopP = 1 }, all);
    }

    [TestMethod]
    public void Tokens_of_the_past_lose_by_the_penalty()
    {
        double[] expected = Softmax([1.5 / 1.3, -0.5 * 1.3, 0.2, 2, -3]);
        AssertShares(new GenerationOptions { RepetitionPenalty = 1.3 }, expected, [0, 1, 1, 0]);
    }

    [TestMethod]
    public void Temperature_zero_takes_the_most_likely() =>
        AssertShares(new GenerationOptions { Temperature = 0 }, [0, 0, 0, 1, 0]);

    [TestMethod]
    public void Banned_tokens_never_come()
    {
        double[] all = Softmax([.. Logits.Select(logit => (double)logit)]);
        AssertShares(new GenerationOptions(), [.. all.Select((share, token) => token == 3 ? 0 : share / (1 - all[3]))], banned: [3]);
    }

    [TestMethod]
    public void No_run_of_tokens_comes_twice()
    {
        var sampler = new TokenSampler(new GenerationOptions { NoRepeatLength = 3, Temperature = 5 }, []);
        List<int> past = [0, 1];
        TokenPast known = sampler.Past(past);
        var seen = new HashSet<(int, int, int)>();
        for (int token; (token = sampler.Draw(new float[3], known)) >= 0;)
        {
            known.Add(token);
            past.Add(token);
            Assert.IsTrue(seen.Add((past[^3], past[^2], past[^1])), string.Join(' ', past));
        }

        // It continued until every possible next token had occurred.
        Assert.HasCount(3, Enumerable.Range(0, 3).Where(next => seen.Contains((past[^2], past[^1], next))));
    }

    [TestMethod]
    public void A_run_of_one_token_means_that_none_comes_twice()
    {
        var sampler = new TokenSampler(new GenerationOptions { NoRepeatLength = 1 }, []);
        TokenPast past = sampler.Past([]);
        for (int i = 0; i < 5; i++)
            past.Add(sampler.Draw([.. Logits], past));
        CollectionAssert.AreEquivalent(new[] { 0, 1, 2, 3, 4 }, past.Tokens.ToArray());
        Assert.AreEqual(-1, sampler.Draw([.. Logits], past));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    public void The_past_finds_the_tokens_that_followed_a_run_like_a_search(int run)
    {
        var random = new Random(run);
        List<int> all = [];
        var past = new TokenPast([], run);
        for (int count = 0; count < 400; count++)
        {
            int[] expected = [.. Enumerable.Range(0, Math.Max(0, count - run)).Where(at => all.GetRange(at, run).SequenceEqual(all[^run..]))
                .Select(at => all[at + run])];
            CollectionAssert.AreEquivalent(expected, past.Followers().ToArray(), $"after {count}");
            CollectionAssert.AreEquivalent(all.Distinct().ToArray(), past.Distinct.ToArray());
            all.Add(random.Next(3));
            past = count % 2 == 0 ? past.With(all[^1]) : Added(past, all[^1]);
        }

        CollectionAssert.AreEqual(all, past.Tokens.ToArray());
        static TokenPast Added(TokenPast past, int token)
        {
            past.Add(token);
            return past;
        }
    }

    // Within five standard errors of a share: one test in several million would fail by chance.
    private static void AssertShares(GenerationOptions options, double[] expected, List<int>? past = null, int[]? banned = null)
    {
        var sampler = new TokenSampler(options, banned ?? []);
        TokenPast tokens = sampler.Past(past ?? []);
        var counts = new int[Logits.Length];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Draw([.. Logits], tokens)]++;
        for (int token = 0; token < counts.Length; token++)
            Assert.AreEqual(expected[token], (double)counts[token] / Draws,
                5 * Math.Sqrt(expected[token] * (1 - expected[token]) / Draws) + 1e-12, $"token {token}");
    }

    private static double[] Softmax(double[] logits)
    {
        double[] powers = [.. logits.Select(Math.Exp)];
        return [.. powers.Select(power => power / powers.Sum())];
    }
}
