using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.ByTask;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tests.Networks;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Pairs;

namespace MLNet.Sequence.Tests.Tasks;

/// <summary>The task on pairs: columns and plain C# give the best of all targets, each scored by the plain formula.</summary>
[TestClass]
public sealed class SequenceToSequenceContractTests : ITaskForms
{
    private const int Longest = 3;

    private static readonly string[] Values = ["A", "B", "C"];

    public IEnumerable<SequenceTask> Forms =>
    [
        Task(new SequenceSearch { Width = 200 }),
        Task(new SequenceSearch { Width = 200, LengthPenalty = 0 }) with { Sharing = EmbeddingSharing.TargetAndOutput },
        Task(new SequenceSearch { Width = 200, LengthPenalty = 2, MaxLength = 2, NoRepeatLength = 1 }) with
        {
            Source = Tokens("Source", Values),
            Sharing = EmbeddingSharing.All,
            PredictedSequenceColumnName = "Found",
        },
        Task(new SequenceSearch { Width = 200, CoveragePenalty = 0.5 }),
    ];

    [TestMethod]
    public void Targets_in_columns_and_in_plain_CSharp_are_the_best_of_all()
    {
        var ml = new MLContext();
        string[] sources = ["a", "cab", "bbbb"];
        foreach (SequenceToSequence task in Forms.Cast<SequenceToSequence>())
        {
            string[] rows = [.. sources.Select(source => task.Source.Tokens!.Values![0] == "a" ? source : source.ToUpperInvariant())];
            SequenceModel model = UntrainedModel.Make(
                new EncoderDecoderTransformer { Channels = 6, Layers = 1, Heads = 2, FeedForward = 5 }, task, ChannelScaling.None(1));
            using SequenceTransformer transformer = TransformerFactory.Create(ml, model);
            IDataView scored = transformer.Transform(ReversedWords.Sources(ml, rows.Select(ReversedWords.Of)));
            string[] added = [.. scored.Schema.Where(column => !column.IsHidden && column.Name != "Source").Select(column => column.Name)];
            CollectionAssert.AreEqual(task.Outputs.Select(output => output.Name).ToArray(), added);
            uint[][] targets = [.. scored.GetColumn<uint[]>(task.PredictedSequenceColumnName)];
            float[] scores = [.. scored.GetColumn<float>("Score")];
            for (int row = 0; row < rows.Length; row++)
            {
                double[] source = [.. rows[row].Select(letter => (double)task.Source.Tokens!.IndexOf($"{letter}"))];
                (int[] Tokens, double Sum, double Score)[] all = [.. All(model, source, []).OrderByDescending(one => one.Score)];
                PredictedTarget[] found = [.. model.PredictTargets(source).Take(20)];
                for (int i = 0; i < Math.Min(found.Length, all.Length); i++)
                {
                    Assert.AreEqual(all[i].Score, found[i].Score, 1e-4, $"{task}: place {i}");
                    CollectionAssert.AreEqual(all[i].Tokens, found[i].Tokens.ToArray(), $"place {i}");
                    Assert.AreEqual(all[i].Sum, found[i].LogProbability, 1e-4);
                }

                CollectionAssert.AreEqual(all[0].Tokens, targets[row].Select(key => (int)key - 1).ToArray());
                Assert.AreEqual(all[0].Score, scores[row], 1e-4);
            }
        }
    }

    [TestMethod]
    public void Limits_without_end_allocate_no_more_than_there_is_to_find()
    {
        // Three tokens, none of them twice: 1 + 3 + 6 + 6 targets.
        var search = new SequenceSearch { Width = int.MaxValue, MaxLength = int.MaxValue, NoRepeatLength = 1 };
        SequenceModel model = UntrainedModel.Make(
            new EncoderDecoderTransformer { Channels = 6, Layers = 1, Heads = 2, FeedForward = 5 }, Task(search), ChannelScaling.None(1));
        double[] source = [0, 2, 1];
        (int[] Tokens, double Sum, double Score)[] all = [.. All(model, source, []).OrderByDescending(one => one.Score)];
        PredictedTarget[] found = [.. model.PredictTargets(source)];
        Assert.HasCount(16, found);
        for (int i = 0; i < all.Length; i++)
        {
            CollectionAssert.AreEqual(all[i].Tokens, found[i].Tokens.ToArray(), $"place {i}");
            Assert.AreEqual(all[i].Sum, found[i].LogProbability, 1e-4);
        }
    }

    [TestMethod]
    public void A_beam_of_one_takes_the_most_likely_token_each_time()
    {
        SequenceModel model = UntrainedModel.Make(
            new EncoderDecoderTransformer { Channels = 6, Layers = 1, Heads = 2, FeedForward = 5 }, Forms.First(), ChannelScaling.None(1));
        double[] source = [0, 2, 1];
        List<int> expected = [];
        while (expected.Count <= Longest && TaskContract.Largest(Step(model, source, [.. expected])) is var next && next < Values.Length)
            expected.Add(next);
        PredictedTarget found = model.PredictTargets(source, new SequenceSearch { Width = 1 }).Single();
        CollectionAssert.AreEqual(expected.Take(Longest).ToArray(), found.Tokens.ToArray());
    }

    [TestMethod]
    public void It_is_sound_printed_saved_and_read_back()
    {
        foreach (SequenceToSequence task in Forms.Cast<SequenceToSequence>())
        {
            Assert.AreEqual("", string.Join(" ", task.Problems()));
            Assert.AreEqual(task, ModelFile.ReadTask(ModelFile.TaskJson(task)));
            // Files of earlier versions do not have these properties, and this one writes none for tokens that are keys: both forms are the same.
            JsonObject json = ModelFile.TaskJson(task).AsObject();
            Assert.IsFalse(json.ContainsKey("targetScaling") || json.ContainsKey("targetSteps")
                || json.ToJsonString().Contains("okenizer", StringComparison.Ordinal));
            CollectionAssert.Contains(task.Outputs.ToArray(), task.Prediction);
            StringAssert.Contains(string.Join(" ", (task with { Target = task.Target with { Tokens = null } }).Problems()), "Target must have tokens");
            StringAssert.Contains(string.Join(" ", (task with { Sharing = EmbeddingSharing.All, Source = Tokens("Source", ["a", "b"]) }).Problems()),
                "needs the same tokens");
        }
    }

    private static SequenceToSequence Task(SequenceSearch search) => new()
    {
        Source = Tokens("Source", ["a", "b", "c"]),
        Target = Tokens("Target", Values),
        LongestSource = 4,
        LongestTarget = Longest,
        Search = search,
    };

    private static SequenceInput Tokens(string column, string[] values) => new()
    {
        Columns = [column],
        Scalars = false,
        Features = 1,
        Tokens = new TokenInput { Count = values.Length, Keys = true, Values = values, ValueType = "String", EmbeddingSize = 4 },
    };

    // The probability of each token, and of the end, after these.
    private static double[] Step(SequenceModel model, double[] source, int[] before)
    {
        double[] target = [Values.Length, .. before.Select(token => (double)token)];
        double[] logits = PlainPlan.Run(model.Network, [.. source.Select(token => new[] { token })], target, model.Weights);
        return TaskContract.Shares(logits[^(Values.Length + 1)..]);
    }

    // β Σ_i ln min(Σ_j p_ij, 1)
    private static double Coverage(SequenceModel model, double[] source, int[] target)
    {
        IReadOnlyList<float[]> attention = model.TargetAttention(source, target);
        return ((SequenceToSequence)model.Task).Search.CoveragePenalty
            * source.Select((_, i) => Math.Log(Math.Min(1, attention.Sum(row => (double)row[i])))).Sum();
    }

    // Every target up to the limit, its end included; ranked by formula 14 of GNMT's section 7.
    private static IEnumerable<(int[] Tokens, double Sum, double Score)> All(SequenceModel model, double[] source, int[] before, double sum = 0)
    {
        SequenceSearch search = ((SequenceToSequence)model.Task).Search;
        double[] shares = Step(model, source, before);
        for (int token = 0; token <= Values.Length; token++)
        {
            double next = sum + Math.Log(shares[token]);
            bool most = before.Length == (search.MaxLength ?? Longest);
            if (search.NoRepeatLength == 1 && before.Contains(token))
                continue;
            if (token == Values.Length)
                yield return (before, next, next / Math.Pow((5 + before.Length + 1) / 6.0, search.LengthPenalty) + Coverage(model, source, before));
            else if (!most)
            {
                foreach (var longer in All(model, source, [.. before, token], next))
                    yield return longer;
            }
        }
    }
}
