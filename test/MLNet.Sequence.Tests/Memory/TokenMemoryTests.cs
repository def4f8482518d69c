using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Memory;

/// <summary>The memory of token models and taggers, compared with evaluations and truncated models.</summary>
[TestClass]
public sealed class TokenMemoryTests
{
    private const int Tags = 5;

    private static readonly MemoryOptions All = new() { Examples = 100_000, LabelColumnName = "Tags" };
    private static readonly TrainingOptions Brief = new() { Epochs = 2, Seed = 1, LearningRate = 1e-2 };
    private static readonly NextStepOptions Words = new()
    {
        Kind = StepKind.Token,
        FeatureColumnName = "Tokens",
        Tokens = new TokenOptions { Vocabulary = 8 },
        Training = Brief
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void All_tokens_before_a_token_give_its_loss(bool tied)
    {
        IDataView rows = TokenSequence.View(_ml, TokenSequence.Make(40));
        using NextStepTransformer model = Fit(new Gru { HiddenSize = 6 }, Words with { TiedEmbedding = tied }, rows);
        double expected = _ml.Sequence.EvaluateNextStep(model.Transform(rows)).Loss;

        MemoryReport report = _ml.Sequence.MeasureMemory(model, rows, All);

        Assert.AreEqual(expected, report.FullMetric, 1e-4 * expected);
        Assert.IsNotNull(report.LyapunovExponent);
        Assert.IsGreaterThan(0, report.Influence[0].Perturbation);
        Assert.AreEqual(tied, double.IsNaN(report.Influence[0].Gradient));
    }

    [TestMethod]
    public void No_token_beyond_the_receptive_field_has_influence()
    {
        IDataView rows = TokenSequence.View(_ml, TokenSequence.Make(40));
        using NextStepTransformer model = Fit(new WindowMlp { Window = 3, HiddenSize = 8 }, Words, rows);

        MemoryReport report = _ml.Sequence.MeasureMemory(model, rows, All with { Steps = [1, 2, 3, 4] });

        foreach (MemoryStep step in report.Curve)
            Assert.AreEqual(step.Steps < 3, step.MaxChange > 0, $"{step.Steps}");
        foreach (StepInfluence influence in report.Influence)
        {
            Assert.AreEqual(influence.StepsBack < 3, influence.Perturbation > 0, $"{influence.StepsBack}");
            Assert.AreEqual(influence.StepsBack < 3, influence.Gradient > 0, $"{influence.StepsBack}");
        }
    }

    [TestMethod]
    public void The_influence_of_a_token_is_the_gradient_by_its_vector()
    {
        IDataView rows = TokenSequence.View(_ml, [TokenSequence.One(1, 4, 6, 2), TokenSequence.One(3, 5, 0, 2)]);
        using NextStepTransformer model = Fit(new Rnn { HiddenSize = 3 }, Words with { Tokens = new TokenOptions { Vocabulary = 8, EmbeddingSize = 2 } }, rows);

        // With two tokens, a prediction sees one more earlier token. The vector of the present token is moved by hand.
        MemoryReport report = _ml.Sequence.MeasureMemory(model, rows, All with { Seed = 3 });
        double squares = 0;
        float[][] seen = [[1], [1, 4], [1, 4, 6], [3], [3, 5], [3, 5, 0]];
        foreach (float[] tokens in seen)
            squares += Jacobian(model.Model, tokens);
        Assert.AreEqual(Math.Sqrt(squares / seen.Length), report.Influence[0].Gradient, 0.25 * Math.Sqrt(squares / seen.Length));
    }

    [TestMethod]
    public void All_steps_of_a_classifier_of_tokens_give_its_log_loss()
    {
        IDataView rows = TokenSequence.View(_ml, TokenSequence.Make(60));
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.MulticlassClassification.Trainers.Sequence(
            new Tcn { Channels = 6 }, new SequenceOptions { FeatureColumnName = "Tokens", Tokens = Words.Tokens, Training = Brief }));
        using TransformerChain<SequencePredictionTransformer> model = pipeline.Fit(rows);
        IDataView scored = model.Transform(rows);
        double expected = _ml.MulticlassClassification.Evaluate(scored).LogLoss;

        Assert.AreEqual(expected, _ml.Sequence.MeasureMemory(model.LastTransformer, scored, All with { LabelColumnName = "Label" }).FullMetric,
            1e-4 * expected);
    }

    [TestMethod]
    [DataRow(TagDecoding.Steps, "Features", 3)]
    [DataRow(TagDecoding.Steps, "Words", 1)]
    [DataRow(TagDecoding.Chain, "Words", 2)]
    public void A_tagger_that_sees_the_last_steps_is_as_good_as_the_truncated_one(TagDecoding decoding, string column, int steps)
    {
        IDataView rows = TaggedSequence.View(_ml, TaggedSequence.Make(40));
        using SequencePredictionTransformer model = Tagger(new Lstm { HiddenSize = 6 }, decoding, column, rows);

        MemoryReport report = _ml.Sequence.MeasureMemory(model, rows, All with { Steps = [steps] });

        double whole = Loss(model.Model, rows), truncated = Loss(model.Model.Truncate(steps), rows);
        Assert.AreEqual(whole, report.FullMetric, 1e-4 * whole);
        Assert.AreEqual(truncated, report.Curve[0].Metric, 1e-4 * truncated);
        Assert.IsGreaterThan(0, report.Influence[1].Perturbation);
        Assert.IsGreaterThan(0, report.Influence[1].Gradient);
        Assert.IsNotNull(report.LyapunovExponent);
        Assert.IsLessThan(1, _ml.Sequence.Truncate(model.Model, Labelled(rows), 0.05).LargestError);
    }

    [TestMethod]
    public void A_tagger_that_reads_both_ways_sees_as_many_steps_ahead()
    {
        IDataView rows = TaggedSequence.View(_ml, TaggedSequence.Make(20));
        using SequencePredictionTransformer model = Tagger(new Bidirectional(new Gru { HiddenSize = 4 }), TagDecoding.Steps, "Features", rows);

        MemoryReport report = _ml.Sequence.MeasureMemory(model, rows, All with { Steps = [1] });

        // A single step is a sequence of length one.
        TaggedSequence[] alone = [.. TaggedSequence.Make(20)
            .SelectMany(row => row.Tags.Select((tag, i) => new TaggedSequence { Features = [row.Features[i]], Words = [row.Words[i]], Tags = [tag] }))];
        IDataView scored = model.Transform(TaggedSequence.View(_ml, alone));
        double[] losses = [.. scored.GetColumn<float[]>("Scores").Zip(scored.GetColumn<uint[]>("Tags"), (scores, tags) => -Math.Log(scores[tags[0] - 1]))];
        int at = 0;
        double expected = TaggedSequence.Make(20).Average(row => losses.AsSpan(at, row.Tags.Length).ToArray().Average() + 0 * (at += row.Tags.Length));
        Assert.AreEqual(expected, report.Curve[0].Metric, 1e-4 * expected);
    }

    [TestMethod]
    public void Tags_of_other_values_are_refused()
    {
        IDataView rows = TaggedSequence.View(_ml, TaggedSequence.Make(20));
        using SequencePredictionTransformer model = Tagger(new Gru { HiddenSize = 2 }, TagDecoding.Steps, "Features", rows);
        IDataView others = _ml.Transforms.Conversion.MapValueToKey("Tags", "Words").Fit(rows).Transform(rows);

        string message = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Sequence.MeasureMemory(model, others, All)).Message;
        StringAssert.Contains(message, "B-down");
    }

    private NextStepTransformer Fit(Architecture architecture, NextStepOptions options, IDataView rows) => _ml.Sequence.Trainers.NextStep(architecture, options)
        .Fit(rows);

    private SequencePredictionTransformer Tagger(Architecture architecture, TagDecoding decoding, string column, IDataView rows) =>
        _ml.MulticlassClassification.Trainers.SequenceTagger(
            architecture, new SequenceTaggerOptions { LabelColumnName = "Tags", FeatureColumnName = column, Decoding = decoding, Training = Brief }).Fit(rows);

    private IDataView Labelled(IDataView rows) => _ml.Transforms.CopyColumns("Label", "Tags").Fit(rows).Transform(rows);

    // The mean over rows of the nats per step, by the scores of the plain network over rows.
    private static double Loss(SequenceModel model, IDataView rows)
    {
        var task = (SequenceTagging)model.Task;
        string column = task.Input.Columns[0];
        IEnumerable<float[]> inputs = column == "Features"
            ? rows.GetColumn<float[]>(column).Select(row => { model.Scaling.Pooled.ApplyOrMean([.. row], row); return row; })
            : rows.GetColumn<uint[]>(column).Select(row => Array.ConvertAll(row, key => key - 1f));
        return inputs.Zip(rows.GetColumn<uint[]>("Tags"), (input, keys) => Loss(model, input, Array.ConvertAll(keys, key => (int)key - 1))).Average();
    }

    private static double Loss(SequenceModel model, float[] input, int[] tags)
    {
        var task = (SequenceTagging)model.Task;
        float[] scores = model.Managed.Run(input);
        if (task.Chain(model.Weights) is { } chain)
            return -chain.LogProbability(scores, tags) / tags.Length;
        task.Decode(scores, null, model.Scaling.Pooled);
        return -tags.Select((tag, step) => Math.Log(scores[step * Tags + tag])).Average();
    }

    // ‖∂ logits / ∂ vector of the last token‖², by differences of a copy of the model whose vectors are moved.
    private static double Jacobian(SequenceModel model, float[] tokens)
    {
        const float move = 1e-2f;
        double squares = 0;
        for (int channel = 0; channel < 2; channel++)
        {
            float[] up = Moved(model, tokens, channel, move), down = Moved(model, tokens, channel, -move);
            squares += up.Zip(down, (a, b) => Math.Pow((a - b) / (2 * move), 2)).Sum();
        }

        return squares;
    }

    // No token occurs twice in a sequence, so moving its vector moves only the last step.
    private static float[] Moved(SequenceModel model, float[] tokens, int channel, float by)
    {
        var weights = new Weights();
        foreach (Weight weight in model.Weights)
        {
            float[] values = [.. weight.Values];
            if (weight.Name.StartsWith("backbone.embedding", StringComparison.Ordinal))
                values[(int)tokens[^1] * 2 + channel] += by;
            weights.Add(weight with { Values = values });
        }

        float[] output = new SequenceModel(model.Architecture, model.Task, weights, model.Scaling, model.Report).Managed.Run(tokens);
        return output[^8..];
    }
}
