using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Stability;

/// <summary>ml.Sequence.Compare of next steps and rows of which it is known that a count is as good as any model.</summary>
[TestClass]
public sealed class KnownTruthRowsTests
{
    private const int Steps = 16, Vocabulary = 4;

    private static readonly TrainingOptions Brief = new() { Epochs = 1, Seed = 1, LearningRate = 1e-2f };
    private static readonly CompareOptions Once = new() { Rounds = 1, MemoryHorizon = new HorizonOptions { Examples = 10 } };

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
    }

    [TestMethod]
    public void Of_tokens_at_random_there_is_nothing_to_learn()
    {
        RecurrenceReport report = Tokens((random, _) => random.NextInt64(Vocabulary));
        StringAssert.StartsWith(report.Recommendation.Because, "Nothing to learn here: the token frequencies are as good.");
    }

    [TestMethod]
    public void Of_labels_at_random_there_is_nothing_to_learn()
    {
        IDataView View(int seed) => _ml.Data.LoadFromEnumerable(Made(200, seed, (random, _) => random.NextInt64(2)));
        var task = new SequenceOptions { LabelColumn = "Yes", SequenceColumn = "Values", Training = Brief };
        RecurrenceReport report = _ml.Sequence.Compare(View(1), View(2), task, [new Gru { HiddenSize = 2 }], Once);
        StringAssert.StartsWith(report.Recommendation.Because, "Nothing to learn here: the class frequencies are as good.");
        Assert.AreEqual(Math.Log(2), report.RecommendedReference!.Error, 0.02);
    }

    private RecurrenceReport Tokens(Func<RandomStream, long, long> next)
    {
        IDataView View(int rows, int seed) => _ml.Data.LoadFromEnumerable(Made(rows, seed, next));
        var task = new NextStepOptions { Kind = StepKind.Token, SequenceColumn = "Tokens", Tokens = new TokenOptions { Vocabulary = Vocabulary }, Training = Brief };
        return _ml.Sequence.Compare(View(300, 1), View(150, 2), task, [new WindowMlp { Window = 2, HiddenSize = 4 }, new Gru { HiddenSize = 3 }], Once);
    }

    private static Row[] Made(int rows, int seed, Func<RandomStream, long, long> next)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            var row = new Row { Yes = random.NextDouble() < 0.5 };
            for (int step = 1; step < Steps; step++)
                row.Tokens[step] = (int)next(random, row.Tokens[step - 1]);
            row.Values = [.. row.Tokens.Select(token => (float)token)];
            return row;
        })];
    }

    private sealed class Row
    {
        [VectorType(Steps)]
        public int[] Tokens { get; set; } = new int[Steps];

        [VectorType(Steps)]
        public float[] Values { get; set; } = [];

        public bool Yes { get; set; }
    }
}
