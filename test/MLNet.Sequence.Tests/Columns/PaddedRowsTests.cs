using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>Rows of different lengths, padded with missing values to one length, give the results of the unpadded rows.</summary>
[TestClass]
public sealed class PaddedRowsTests
{
    private const int Width = 60;

    private static readonly TrainingOptions Brief = new() { Epochs = 2, Seed = 1 };

    private static readonly SequenceOptions Options = new() { LabelColumnName = "Number", Features = 2, Training = Brief, EndAtPadding = true };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(MissingValues.Error)]
    [DataRow(MissingValues.Interpolate)]
    [DataRow(MissingValues.Mask)]
    public void A_model_of_rows_padded_with_NaN_is_that_of_rows_without(MissingValues missing)
    {
        LabelledSequence[] rows = LabelledSequence.Make(60, features: 2);
        if (missing != MissingValues.Error)
        {
            // A gap before the end is not padding, and neither is a step with one known feature.
            rows[0].Features[4] = float.NaN;
            rows[1].Features[^1] = float.NaN;
        }

        SequenceTrainer trainer = _ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 3 }, Options with { MissingValues = missing });
        using SequencePredictionTransformer plain = trainer.Fit(LabelledSequence.View(_ml, rows)),
            padded = trainer.Fit(LabelledSequence.View(_ml, Padded(rows), Width));

        CollectionAssert.AreEqual(Bits(plain.Model), Bits(padded.Model));
        float[] expected = [.. plain.Transform(LabelledSequence.View(_ml, rows)).GetColumn<float>("Score")];
        CollectionAssert.AreEqual(expected, padded.Transform(LabelledSequence.View(_ml, Padded(rows), Width)).GetColumn<float>("Score").ToArray());
        CollectionAssert.AreEqual(plain.Model.Predict(rows[0].Features), plain.Model.Predict(Padded(rows)[0].Features));

        using var file = new MemoryStream();
        padded.Model.Save(file);
        file.Position = 0;
        Assert.IsTrue(((SequenceRegression)SequenceModel.Load(file).Task).Input.EndAtPadding);
    }

    [TestMethod]
    public void Wide_tables_of_scalars_end_there_too()
    {
        LabelledSequence[] rows =
            [.. LabelledSequence.Make(30).Select(row => new LabelledSequence { Number = row.Number, Features = row.Features[..(3 + (int)row.Number % 2)] })];
        Wide[] wide = [.. rows.Select(row => new Wide { Number = row.Number, A = row.Features[0], B = row.Features[1], C = row.Features[2],
            D = row.Features.ElementAtOrDefault(3) is var d and not 0 ? d : float.NaN })];

        using SequencePredictionTransformer plain = _ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 3 }, Options with { Features = 1 })
            .Fit(LabelledSequence.View(_ml, rows));
        using SequencePredictionTransformer padded = _ml.Regression.Trainers.Sequence(
            new Gru { HiddenSize = 3 }, Options with { Features = 1, FeatureColumnNames = ["A", "B", "C", "D"] })
            .Fit(_ml.Data.LoadFromEnumerable(wide));

        CollectionAssert.AreEqual(Bits(plain.Model), Bits(padded.Model));
    }

    [TestMethod]
    public void Words_padded_with_empty_texts_end_there_and_so_do_their_tags()
    {
        var random = new Random(3);
        Sentence[] plain = [.. Enumerable.Range(0, 50).Select(_ => Sentence.Of([.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => random.Next(4))]))];
        Sentence[] padded = [
            .. plain.Select(row => new Sentence { Words = [.. row.Words, .. Enumerable.Repeat("", 9 - row.Words.Length)],
                Tags = [.. row.Tags, .. Enumerable.Repeat("", 9 - row.Tags.Length)] })];
        var keys = _ml.Transforms.Conversion.MapValueToKey("Words").Append(_ml.Transforms.Conversion.MapValueToKey("Tags"));
        var mapped = keys.Fit(_ml.Data.LoadFromEnumerable(plain));
        IDataView View(Sentence[] rows) => mapped.Transform(_ml.Data.LoadFromEnumerable(rows));
        SequenceTrainer trainer = _ml.MulticlassClassification.Trainers.SequenceTagger(new Gru { HiddenSize = 3 }, new SequenceTaggerOptions
        {
            LabelColumnName = "Tags",
            FeatureColumnName = "Words",
            Tokens = new TokenOptions { UnknownToken = "?", EmbeddingSize = 4 },
            EndAtPadding = true,
            Training = Brief,
        });

        using SequencePredictionTransformer expected = trainer.Fit(View(plain)), found = trainer.Fit(View(padded));

        CollectionAssert.AreEqual(Bits(expected.Model), Bits(found.Model));
        IDataView scored = found.Transform(View(padded));
        CollectionAssert.AreEqual(plain.Select(row => row.Words.Length).ToArray(),
            scored.GetColumn<uint[]>("PredictedLabels").Select(tags => tags.Length).ToArray());
        Assert.AreEqual(
            _ml.MulticlassClassification.EvaluateSequenceTags(expected.Transform(View(plain)), "Tags").TokenAccuracy,
            _ml.MulticlassClassification.EvaluateSequenceTags(scored, "Tags").TokenAccuracy);
    }

    [TestMethod]
    public void Next_steps_end_there_too()
    {
        StepSequence[] rows = StepSequence.Waves(30);
        StepSequence[] padded = [.. rows.Select(row => new StepSequence { Features = Pad(row.Features) })];
        NextStepTrainer trainer = _ml.Sequence.Trainers.NextStep(
            new Gru { HiddenSize = 3 }, new NextStepOptions { Kind = StepKind.Real, Features = 2, EndAtPadding = true, Training = Brief });

        using NextStepTransformer expected = trainer.Fit(StepSequence.View(_ml, rows)), found = trainer.Fit(StepSequence.View(_ml, padded));

        CollectionAssert.AreEqual(Bits(expected.Model), Bits(found.Model));
    }

    [TestMethod]
    public void A_row_that_is_padding_alone_has_no_steps()
    {
        LabelledSequence[] rows = LabelledSequence.Make(20, features: 2);
        rows[4].Features = [float.NaN, float.NaN];

        Exception refused = Assert.Throws<InvalidOperationException>(() => Fit(rows, Options));

        StringAssert.Contains(refused.Message, "has no steps in row 5");
        using SequencePredictionTransformer model = Fit(rows, Options with { EmptySequences = EmptySequences.Skip });
        Assert.IsTrue(float.IsNaN(model.Transform(LabelledSequence.View(_ml, rows)).GetColumn<float>("Score").ElementAt(4)));
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => model.Model.Predict([float.NaN, float.NaN])).Message, "no steps");
    }

    [TestMethod]
    public void Missing_values_to_the_end_of_a_row_recommend_the_option_and_others_do_not()
    {
        LabelledSequence[] rows = LabelledSequence.Make(20, features: 2), gap = LabelledSequence.Make(20, features: 2);
        rows[2].Features[^2] = rows[2].Features[^1] = float.NaN;
        gap[2].Features[4] = float.NaN;
        SequenceOptions options = Options with { EndAtPadding = false };

        StringAssert.Contains(Assert.Throws<InvalidOperationException>(() => Fit(rows, options)).Message, "set EndAtPadding = true");
        Assert.DoesNotContain("EndAtPadding", Assert.Throws<InvalidOperationException>(() => Fit(gap, options)).Message);
    }

    [TestMethod]
    public void Padding_that_is_taken_for_data_is_warned_of()
    {
        var warnings = new List<string>();
        _ml.Log += (_, line) => warnings.AddRange(line.Kind == ChannelMessageKind.Warning ? [line.Message] : []);
        LabelledSequence[] rows = LabelledSequence.Make(20, features: 2);

        Fit(rows, Options with { MissingValues = MissingValues.Mask, EndAtPadding = false }).Dispose();
        Assert.IsFalse(warnings.Any(warning => warning.Contains("EndAtPadding")));
        Fit(Padded(rows[..3]).Concat(rows[3..]), Options with { MissingValues = MissingValues.Mask, EndAtPadding = false }).Dispose();

        Assert.IsTrue(warnings.Any(warning => warning.Contains("3 of 20 rows end in missing values, and MissingValues = Mask treats them as data")),
            string.Join('\n', warnings));
    }

    private SequencePredictionTransformer Fit(IEnumerable<LabelledSequence> rows, SequenceOptions options) =>
        _ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 3 }, options).Fit(LabelledSequence.View(_ml, rows));

    private static LabelledSequence[] Padded(LabelledSequence[] rows) =>
        [.. rows.Select(row => new LabelledSequence { Label = row.Label, Yes = row.Yes, Number = row.Number, Features = Pad(row.Features) })];

    private static float[] Pad(float[] values) => [.. values, .. Enumerable.Repeat(float.NaN, Width - values.Length)];

    private sealed class Wide
    {
        public float Number { get; set; }

        public float A { get; set; }

        public float B { get; set; }

        public float C { get; set; }

        public float D { get; set; }
    }

    private sealed class Sentence
    {
        public string[] Words { get; set; } = [];

        public string[] Tags { get; set; } = [];

        public static Sentence Of(int[] words) =>
            new() { Words = [.. words.Select(word => $"w{word}")], Tags = [.. words.Select(word => word < 2 ? "low" : "high")] };
    }
}
