using System.Text.Json;
using Microsoft.ML;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>ml.Sequence.Compare for next steps and rows for which a counted reference is as good as any model.</summary>
[TestClass]
public sealed partial class KnownTruthRowsTests
{
    private const int Steps = 16, Vocabulary = 4;

    private static readonly TrainingOptions Brief = new() { Epochs = 1, Seed = 1, LearningRate = 1e-2 };
    private static readonly CompareOptions Once = new() { Rounds = 1, Memory = new MemoryOptions { Examples = 10 } };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Of_a_chain_of_tokens_pairs_are_as_good()
    {
        RecurrenceReport report = Tokens((random, before) => random.NextDouble() < 0.7 ? (before + 1) % Vocabulary : random.NextInt64(Vocabulary));
        Assert.AreEqual("2-gram", report.Recommendation.Architecture, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Because, "Counting is as good: use the 2-gram. Recommended: 2-gram. It reads the last step");
        Assert.IsNull(report.Recommended);
        // The entropy of a step: the token after it comes with .7 + .3 / 4.
        double exact = -0.775 * Math.Log(0.775) - 3 * 0.075 * Math.Log(0.075);
        Assert.AreEqual(exact, report.RecommendedReference!.Error, 0.03);
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        Assert.AreEqual(1, json.RootElement.GetProperty("references").GetProperty("2-gram").GetProperty("memory").GetInt32());
        StringAssert.Contains(report.ToHtml("chain"), "<strong>Counting is as good: use the 2-gram.</strong>");
        StringAssert.Contains(report.ToString(), "Counting is as good");
        Assert.AreEqual((1, false), (report.DataMemory!.Steps, report.DataMemory.AtLeast), report.DataMemory.ToString());
        StringAssert.Contains(report.Recommendation.Because, "Recurrence is not needed. A window of 1 step is enough.");
        Assert.AreEqual(1, json.RootElement.GetProperty("dataMemory").GetProperty("steps").GetInt32());
    }

    [TestMethod]
    public void For_tokens_that_follow_from_the_last_two_the_data_remembers_two()
    {
        RecurrenceReport report = Compared(Token, Made(400, 1, (random, row, step) => Second(random, row, step)),
            Made(150, 2, (random, row, step) => Second(random, row, step)));
        Assert.AreEqual(2, report.DataMemory!.Steps, report.DataMemory.ToString());
        Assert.AreEqual("3-gram", report.Recommendation.Architecture, report.Recommendation.Because);
        // Memorised training rows would make a rung look too good: no rung has a loss below the chain's entropy.
        double exact = -0.775 * Math.Log(0.775) - 3 * 0.075 * Math.Log(0.075);
        Assert.IsGreaterThan(exact - 0.03, report.DataMemory.Ladder.Min(rung => rung.Error));
        Assert.IsFalse(report.Recommendation.NeedsRecurrence);
        static long Second(RandomStream random, long[] row, int step) =>
            random.NextDouble() < 0.7 ? (row[step - 1] + (step > 1 ? row[step - 2] : 0) + 1) % Vocabulary : random.NextInt64(Vocabulary);
    }

    [TestMethod]
    public void For_an_autoregression_of_two_steps_two_lags_are_as_good()
    {
        RecurrenceReport report = Compared(new NextStepOptions { Kind = StepKind.Real, FeatureColumnName = "Values", Training = Brief }, Series(300, 1),
            Series(150, 2));
        Assert.AreEqual("ridge-2", report.Recommendation.Architecture, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Because, "Two lags and least squares are as good.");
        Assert.AreEqual(2, report.DataMemory!.Steps, report.DataMemory.ToString());
        // The noise's share of the variance: x_t = 1.2 x_{t−1} − .6 x_{t−2} + e has γ_0 = 1 / (1 − 1.2 ρ_1 + .6 ρ_2), ρ_1 = 1.2 / 1.6, ρ_2
        // = 1.2 ρ_1 − .6.
        Assert.AreEqual(1 - 1.2 * 0.75 + 0.6 * 0.3, report.RecommendedReference!.Error, 0.02);
        Assert.IsNotNull(report.Recommended);
        // The error of the mean, in units of the deviation of all steps.
        Assert.AreEqual(1, report.References.Single(reference => reference.Name == "mean-of-training").Error, 0.1);
    }

    [TestMethod]
    public void For_values_of_0_and_1_each_has_its_own_past_counted()
    {
        // The first value stays the same with probability .9, the second is drawn anew.
        Row[] Bits(int rows, int seed) => Made(rows, seed, (random, row, step) =>
            (random.NextDouble() < 0.9 ? row[step - 1] & 1 : 1 - (row[step - 1] & 1)) + 2 * random.NextInt64(2), row =>
                row.Values = [.. row.Tokens.SelectMany(token => (float[])[token & 1, token >> 1])]);
        var task = new NextStepOptions { Kind = StepKind.MultiLabel, FeatureColumnName = "Values", Features = 2, Training = Brief };
        RecurrenceReport report = Compared(task, Bits(300, 1), Bits(150, 2));
        Assert.AreEqual("2-gram", report.Recommendation.Architecture, report.Recommendation.Because);
        Assert.AreEqual(-0.9 * Math.Log(0.9) - 0.1 * Math.Log(0.1) + Math.Log(2), report.RecommendedReference!.Error, 0.03);
        Assert.AreEqual(1, report.DataMemory!.Steps, report.DataMemory.ToString());
    }

    [TestMethod]
    public void Of_tags_that_follow_from_two_tokens_two_are_as_good()
    {
        IDataView Tagged(int rows, int seed) => _ml.Data.LoadFromEnumerable(Made(rows, seed, (random, _, _) => random.NextInt64(Vocabulary), row =>
        {
            // One tag in ten is wrong.
            var random = new RandomStream(BitConverter.DoubleToInt64Bits(row.Noise));
            row.Tags = [.. row.Tokens.Select((token, i) => (uint)(i > 0 && (token + row.Tokens[i - 1]) % 2 == 1 != random.NextDouble() < 0.1 ? 2 : 1))];
        }));
        var task = new SequenceTaggerOptions
        {
            LabelColumnName = "Tags",
            FeatureColumnName = "Tokens",
            Tokens = new TokenOptions { Vocabulary = Vocabulary },
            Training = Brief,
        };
        RecurrenceReport report = _ml.Sequence.Compare(Tagged(400, 1), Tagged(150, 2), task,
            [new Linear { Window = 1, Size = 2 }, new Gru { HiddenSize = 2 }], Once);
        Assert.AreEqual("tag-of-last-2-tokens", report.Recommendation.Architecture, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Because, "Counting is as good: how often the last 2 tokens have each tag.");
        Assert.AreEqual(2, report.DataMemory!.Steps, string.Join("; ", report.DataMemory.Ladder));
    }

    [TestMethod]
    public void For_tags_that_depend_linearly_on_two_steps_logistic_regression_is_as_good()
    {
        IDataView Tagged(int rows, int seed) => _ml.Data.LoadFromEnumerable(Made(rows, seed, (random, _, _) => random.NextInt64(1000), row =>
        {
            var random = new RandomStream(BitConverter.DoubleToInt64Bits(row.Noise));
            row.Tags = [.. row.Tokens.Select((token, i) => (uint)(i > 0 && token - row.Tokens[i - 1] + 100 * random.NextNormal() > 0 ? 2 : 1))];
        }));
        var task = new SequenceTaggerOptions { LabelColumnName = "Tags", FeatureColumnName = "Values", Training = Brief };
        RecurrenceReport report = _ml.Sequence.Compare(Tagged(200, 1), Tagged(100, 2), task,
            [new Linear { Window = 1, Size = 2 }, new Gru { HiddenSize = 2 }], Once);
        Assert.AreEqual("logistic-2", report.Recommendation.Architecture, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Because, "Two lags and logistic regression are as good.");
        Assert.IsTrue(report.DataMemory is { Steps: 2, AtLeast: false }, string.Join("; ", report.DataMemory!.Ladder));
    }

    [TestMethod]
    public void Of_rows_that_come_again_in_noise_the_nearest_neighbour_is_as_good()
    {
        // Eight random patterns, four of them positive: neither level nor slope identifies them.
        float[][] patterns = [.. Enumerable.Range(0, 8)
            .Select(pattern => Enumerable.Range(0, Steps).Select(i => (float)new RandomStream(pattern, i).NextNormal()).ToArray())];
        Row[] Rows(int rows, int seed) => Made(rows, seed, (_, _, _) => 0, row =>
        {
            var random = new RandomStream(seed, BitConverter.DoubleToInt64Bits(row.Noise));
            int pattern = (int)random.NextInt64(8);
            (row.Yes, row.Values) = (pattern % 2 == 0, [.. patterns[pattern].Select(value => value + 0.1f * (float)random.NextNormal())]);
        });
        RecurrenceReport report = Labelled(Rows(200, 1), Rows(100, 2));
        Assert.AreEqual("nearest-neighbour", report.Recommendation.Architecture, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Because, "Use the nearest neighbour");
        Assert.IsLessThan(0.1, report.RecommendedReference!.Error);
        Assert.IsNull(report.DataMemory);
    }

    [TestMethod]
    public void For_rows_whose_level_decides_a_linear_model_on_summary_statistics_is_as_good()
    {
        Row[] Rows(int rows, int seed) => Made(rows, seed, (random, _, _) => random.NextInt64(1000), row =>
            (row.Yes, row.Number, row.Values) = (row.Tokens.Average() + 40 * row.Noise > 500, (float)row.Tokens.Average(),
                [.. row.Tokens.Select(token => token / 1000f)]));
        RecurrenceReport classes = Labelled(Rows(300, 1), Rows(150, 2)), numbers = Labelled(Rows(300, 1), Rows(150, 2), "Number");
        StringAssert.StartsWith(classes.Recommendation.Because, "Use a linear model on summary statistics", classes.Recommendation.Because);
        Assert.IsLessThan(0.4, classes.RecommendedReference!.Error);
        Assert.AreEqual("linear-on-statistics", numbers.Recommendation.Architecture, numbers.Recommendation.Because);
        Assert.IsLessThan(1e-6, numbers.RecommendedReference!.Error);
        CollectionAssert.AreEqual(
            new[] { "mean-of-training", "linear-on-statistics", "nearest-neighbour" }, numbers.References.Select(reference => reference.Name).ToArray());
        using JsonDocument json = JsonDocument.Parse(classes.ToJson());
        Assert.IsGreaterThan(0.4, json.RootElement.GetProperty("references").GetProperty("nearest-neighbour").GetProperty("error").GetDouble());
        StringAssert.Contains(classes.ToHtml("levels"), "linear-on-statistics");
        StringAssert.Contains(classes.ToString(), "nearest-neighbour");
    }

    [TestMethod]
    public void Text_of_a_hidden_Markov_process_has_the_loss_of_the_enumeration()
    {
        // Two states that mostly change and mostly emit their own symbol.
        var process = new HiddenMarkov([[0.2, 0.8], [0.8, 0.2]], [[0.9, 0.1], [0.1, 0.9]]);
        double[] exact = process.Ladder(4);
        Assert.AreEqual(Math.Log(2), exact[0], 1e-12);
        // Two consecutive symbols differ with probability .8 (.81 + .01) + .2 · .18 = .692.
        Assert.AreEqual(-0.692 * Math.Log(0.692) - 0.308 * Math.Log(0.308), exact[1], 1e-12);
        var random = new RandomStream(3);
        IDataView View(int rows) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(_ => new Row { Tokens = process.Make(random, Steps) })
            .ToArray());
        var task = new NextStepOptions { Kind = StepKind.Token, FeatureColumnName = "Tokens", Tokens = new TokenOptions { Vocabulary = 2 }, Training = Brief };
        RecurrenceReport report = _ml.Sequence.Compare(View(600), View(600), task, [new Gru { HiddenSize = 2 }], Once);
        for (int seen = 0; seen <= 4; seen++)
            Assert.AreEqual(exact[seen], report.References.Single(reference => reference.Memory == seen).Error, 0.02, $"{seen}");
    }

    [TestMethod]
    public void Parity_needs_a_recurrence_that_is_not_linear()
    {
        var random = new RandomStream(4);
        IDataView View(int rows) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(_ => Bits.Make(random)).ToArray());
        var task = new SequenceTaggerOptions
        {
            Training = new TrainingOptions
            {
                Epochs = 15,
                Seed = 1,
                LearningRate = 3e-2,
                BatchSize = 16,
                BackpropSteps = 12
            }
        };
        RecurrenceReport report = _ml.Sequence.Compare(
            View(250), View(60), task, [new Tcn { Channels = 4, Levels = 2 }, new Lru { Channels = 4, States = 4, Layers = 1 }, new Lstm { HiddenSize = 8 }],
            Once with { DataMemory = false });
        Assert.IsTrue(report.Recommendation.NeedsRecurrence, report.ToString());
        Assert.AreEqual("lstm", report.Recommendation.Architecture);
        Assert.IsLessThan(0.1, report.Models[2].Error);
        Assert.IsTrue(report.Models.Take(2).All(model => model.Error > 0.4), report.ToString());
        Assert.AreEqual(Bits.Count, report.Recommended!.Memory!.Steps);
    }

    [TestMethod]
    public void Random_tokens_have_nothing_to_learn()
    {
        RecurrenceReport report = Tokens((random, _) => random.NextInt64(Vocabulary));
        StringAssert.StartsWith(report.Recommendation.Because, "Nothing to learn here: the token frequencies are as good.");
    }

    [TestMethod]
    public void Random_labels_have_nothing_to_learn()
    {
        RecurrenceReport report = Labelled(Made(200, 1, (random, _, _) => random.NextInt64(2)), Made(200, 2, (random, _, _) => random.NextInt64(2)));
        StringAssert.StartsWith(report.Recommendation.Because, "Nothing to learn here: the class frequencies are as good.");
        Assert.AreEqual(Math.Log(2), report.RecommendedReference!.Error, 0.02);
    }

    private static NextStepOptions Token =>
        new() { Kind = StepKind.Token, FeatureColumnName = "Tokens", Tokens = new TokenOptions { Vocabulary = Vocabulary }, Training = Brief };

    private RecurrenceReport Tokens(Func<RandomStream, long, long> next)
    {
        Row[] Rows(int rows, int seed) => Made(rows, seed, (random, row, step) => next(random, row[step - 1]));
        return Compared(Token, Rows(300, 1), Rows(150, 2));
    }

    private RecurrenceReport Compared(NextStepOptions task, Row[] train, Row[] test) => _ml.Sequence.Compare(
        _ml.Data.LoadFromEnumerable(train), _ml.Data.LoadFromEnumerable(test), task,
            [new WindowMlp { Window = 2, HiddenSize = 4 }, new Gru { HiddenSize = 3 }], Once);

    private RecurrenceReport Labelled(Row[] train, Row[] test, string label = "Yes") => _ml.Sequence.Compare(
        _ml.Data.LoadFromEnumerable(train), _ml.Data.LoadFromEnumerable(test),
            new SequenceOptions { LabelColumnName = label, FeatureColumnName = "Values", Training = Brief }, [new Gru { HiddenSize = 2 }], Once);
}
