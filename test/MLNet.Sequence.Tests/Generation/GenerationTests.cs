namespace MLNet.Sequence.Tests.Generation;

[TestClass]
public sealed class GenerationTests
{
    private static readonly string[] Values = ["a", "b", "c", "d", "e"];

    private static readonly SequenceModel Model = RandomModel.OfTokens(new Gru { HiddenSize = 6 }, Values);

    [TestMethod]
    [DataRow("gru")]
    [DataRow("tcn")]
    [DataRow("transformer")]
    [DataRow("wave-net")]
    public void The_most_likely_tokens_are_those_of_the_whole_sequence_scored_again_and_again(string architecture)
    {
        SequenceModel model = RandomModel.OfTokens(Architecture.FromName(architecture), Values);
        List<int> expected = [2, 0];
        for (int i = 0; i < 30; i++)
        {
            float[] logits = model.Managed.Run([.. expected.Select(token => (float)token)]);
            expected.Add(Array.IndexOf(logits[^5..], logits[^5..].Max()));
        }

        int[] found = [.. model.GenerateTokens([2, 0], new GenerationOptions { Temperature = 0, MaxLength = 30 })];
        CollectionAssert.AreEqual(expected[2..], found);
        CollectionAssert.AreEqual(found.Select(token => Values[token]).ToArray(),
            model.Generate(["c", "a"], new GenerationOptions { Temperature = 0, MaxLength = 30 }).ToArray());
    }

    [TestMethod]
    public void A_seed_gives_the_same_tokens_every_time()
    {
        IEnumerable<int> tokens = Model.GenerateTokens([1], new GenerationOptions { Seed = 4 });
        int[] first = [.. tokens];
        Assert.HasCount(100, first);
        CollectionAssert.AreEqual(first, tokens.ToArray());
        CollectionAssert.AreEqual(first, Model.GenerateTokens([1], new GenerationOptions { Seed = 4 }).ToArray());
        CollectionAssert.AreNotEqual(first, Model.GenerateTokens([1], new GenerationOptions { Seed = 5 }).ToArray());
    }

    [TestMethod]
    public void Nothing_is_computed_before_it_is_requested() =>
        Assert.HasCount(3, Model.GenerateTokens([1], new GenerationOptions { MaxLength = int.MaxValue }).Take(3).ToArray());

    [TestMethod]
    public void A_stop_token_is_the_last_and_banned_ones_never_come()
    {
        string[] tokens = [.. Model.Generate(["a"],
            new GenerationOptions { MaxLength = 5000, Temperature = 2, StopTokens = ["d"], BannedTokens = ["b", "c"] })];
        Assert.AreEqual("d", tokens[^1]);
        Assert.IsTrue(tokens[..^1].All(token => token is "a" or "e"));
    }

    [TestMethod]
    public void Prompts_and_options_that_do_not_fit_are_refused_at_once()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Model.Generate([])).Message, "at least one token");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Model.Generate(["f"])).Message, "The token 'f' is not one of the 5 known tokens");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => Model.GenerateTokens([5])).Message, "The token 5 of the prompt is not one of the 5");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Model.GenerateSteps([1])).Message, "The model's steps are tokens");
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Model.Generate(["a"], new GenerationOptions
        {
            MaxLength = 0,
            Temperature = -1,
            TopK = 0,
            TopP = 0,
            RepetitionPenalty = 0.5,
            NoRepeatLength = 0,
        }));
        foreach (string name in new[] { "MaxLength", "Temperature", "TopK", "TopP", "RepetitionPenalty", "NoRepeatLength" })
            StringAssert.Contains(error.Message, name);
    }

    [TestMethod]
    public void Keys_sound_as_often_as_their_probabilities_say()
    {
        // A receptive field of one step: only the prompt's last step decides the next one, not the draws before it.
        SequenceModel model = RandomModel.OfKeys(new WindowMlp { Window = 1 }, 3);
        float[] prompt = [1, 0, 1], logits = model.Managed.Run(prompt);
        var counts = new int[3];
        for (int seed = 0; seed < 20_000; seed++)
        {
            float[] step = model.GenerateSteps(prompt, new GenerationOptions { MaxLength = 1, Seed = seed, Temperature = 2 }).Single();
            for (int key = 0; key < 3; key++)
                counts[key] += (int)step[key];
        }

        for (int key = 0; key < 3; key++)
        {
            double share = 1 / (1 + Math.Exp(-logits[key] / 2));
            Assert.AreEqual(share, counts[key] / 20_000.0, 5 * Math.Sqrt(share * (1 - share) / 20_000));
        }
    }

    [TestMethod]
    public void At_most_k_keys_sound_in_a_step_and_temperature_zero_takes_those_above_one_half()
    {
        SequenceModel model = RandomModel.OfKeys(new Lstm { HiddenSize = 5 }, 7);
        var prompt = new float[7];
        float[][] free = [.. model.GenerateSteps(prompt, new GenerationOptions { Seed = 2 })];
        float[][] few = [.. model.GenerateSteps(prompt, new GenerationOptions { Seed = 2, TopK = 2 })];
        Assert.IsTrue(free.Any(step => step.Sum() > 2));
        Assert.IsTrue(few.All(step => step.Sum() <= 2));

        List<float> played = [.. prompt];
        foreach (float[] step in model.GenerateSteps(prompt, new GenerationOptions { Temperature = 0, MaxLength = 9 }))
        {
            float[] logits = model.Managed.Run([.. played])[^7..];
            CollectionAssert.AreEqual(logits.Select(logit => logit > 0 ? 1f : 0f).ToArray(), step);
            played.AddRange(step);
        }
    }

    [TestMethod]
    public void A_prompt_of_half_a_step_is_refused() => StringAssert.Contains(
        Assert.ThrowsExactly<ArgumentException>(() => RandomModel.OfKeys(new Lstm(), 4).GenerateSteps(new float[6])).Message,
            "at least one step of 4 values; found 6");
}
