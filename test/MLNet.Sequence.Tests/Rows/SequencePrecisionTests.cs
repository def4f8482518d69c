using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>Rows whose sequences or labels have more digits than Single holds: each task gives the outputs of the same rows around
/// zero.</summary>
[TestClass]
public sealed class SequencePrecisionTests
{
    private const double Level = 1.7e9;

    private static readonly TrainingOptions Training = new() { Epochs = 40, LearningRate = 5e-2, BatchSize = 24, Seed = 1, ValidationFraction = 0 };

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    public SequencePrecisionTests() =>
        _ml.Log += (_, line) => _warnings.AddRange(line.Message.Contains("type Single", StringComparison.Ordinal) ? [line.Message] : []);

    [TestMethod]
    [DataRow(ScoringBackend.Managed)]
    [DataRow(ScoringBackend.Torch)]
    public void Classes_of_features_at_a_large_level_are_those_of_features_around_zero(ScoringBackend backend)
    {
        SequenceTrainer trainer = _ml.BinaryClassification.Trainers.Sequence(new Gru { HiddenSize = 3 }, Options);
        using SequencePredictionTransformer near = trainer.Fit(View(0)), far = trainer.Fit(View(Level));
        (near.Backend, far.Backend) = (backend, backend);
        float[] expected = [.. near.Transform(View(0)).GetColumn<float>("Probability")],
            found = [.. far.Transform(View(Level)).GetColumn<float>("Probability")];

        Row[] rows = Make(Level);
        using PredictionEngine<Row, BinaryPrediction> engine = _ml.Model.CreatePredictionEngine<Row, BinaryPrediction>(far);
        double[][] together = far.Model.Predict([.. rows.Select(row => row.Features)]);
        for (int row = 0; row < rows.Length; row++)
        {
            Assert.AreEqual(expected[row], found[row], 1e-3, $"row {row}");
            Assert.AreEqual(found[row], engine.Predict(rows[row]).Probability, 1e-5, $"row {row}");
            Assert.AreEqual(found[row], far.Model.Predict(rows[row].Features.AsSpan())[0], 1e-5, $"row {row}");
            Assert.AreEqual(found[row], together[row][0], 1e-5, $"row {row}");
        }

        Assert.IsGreaterThan(0.1, expected.Max() - expected.Min());
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void Missing_values_at_a_large_level_are_interpolated_in_double()
    {
        foreach (MissingValues missing in new[] { MissingValues.Interpolate, MissingValues.Mask })
        {
            SequenceTrainer trainer = _ml.BinaryClassification.Trainers.Sequence(new Gru { HiddenSize = 3 }, Options with { MissingValues = missing });
            using SequencePredictionTransformer near = trainer.Fit(View(0, holes: true)), far = trainer.Fit(View(Level, holes: true));
            Close.AssertEqual(
                Close.Doubles([.. near.Transform(View(0, holes: true)).GetColumn<float>("Probability")]),
                Close.Doubles([.. far.Transform(View(Level, holes: true)).GetColumn<float>("Probability")]), 1e-3, missing.ToString());
        }
    }

    [TestMethod]
    public void Numbers_at_a_large_level_are_learnt_and_predicted_in_double()
    {
        SequenceTrainer trainer = _ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 3 }, Options with { LabelColumnName = "Number" });
        using SequencePredictionTransformer near = trainer.Fit(View(0)), far = trainer.Fit(View(Level));
        Row[] small = Make(0), large = Make(Level);
        double[] expected = [.. small.Select(row => near.Model.Predict(row.Features.AsSpan())[0])],
            found = [.. large.Select(row => far.Model.Predict(row.Features.AsSpan())[0])];

        for (int row = 0; row < small.Length; row++)
            Assert.AreEqual(expected[row] + Level, found[row], 1e-2, $"row {row}");
        Assert.IsGreaterThan(1, expected.Max() - expected.Min());
        // Mean and deviation of 0 or 20, as the labels are.
        double ones = large.Count(row => row.Label), mean = 20 * ones / large.Length;
        var task = (SequenceRegression)far.Model.Task;
        Assert.AreEqual(Level + mean, task.LabelScaling.Mean[0], 1e-5);
        Assert.AreEqual(Math.Sqrt(mean * (20 - mean)), task.LabelScaling.Deviation[0], 1e-5);
        StringAssert.Contains(_warnings.Single(),
            "'Number' is learnt as it is, but the column 'Score' is of type Single, whose numbers are 128 apart around 1.7E+09");
    }

    [TestMethod]
    public void Tags_of_steps_at_a_large_level_are_those_of_steps_around_zero()
    {
        var options = new SequenceTaggerOptions { LabelColumnName = "Tags", Training = Training };
        var keys = _ml.Transforms.Conversion.MapValueToKey("Tags");
        IDataView near = keys.Fit(View(0)).Transform(View(0)), far = keys.Fit(View(Level)).Transform(View(Level));
        SequenceTrainer trainer = _ml.MulticlassClassification.Trainers.SequenceTagger(new Gru { HiddenSize = 3 }, options);
        using SequencePredictionTransformer one = trainer.Fit(near), other = trainer.Fit(far);

        float[][] expected = [.. one.Transform(near).GetColumn<float[]>(options.ScoresColumnName)],
            found = [.. other.Transform(far).GetColumn<float[]>(options.ScoresColumnName)];
        for (int row = 0; row < expected.Length; row++)
            Close.AssertEqual(Close.Doubles(expected[row]), Close.Doubles(found[row]), 1e-3, $"row {row}");
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void Next_steps_at_a_large_level_are_those_of_steps_around_zero()
    {
        NextStepTrainer trainer = _ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 3 }, new NextStepOptions { Kind = StepKind.Real, Training = Training });
        using NextStepTransformer near = trainer.Fit(View(0)), far = trainer.Fit(View(Level));
        Row[] small = Make(0), large = Make(Level);

        for (int row = 0; row < small.Length; row++)
            Assert.AreEqual(near.Model.Predict(small[row].Features.AsSpan())[0] + Level,
                far.Model.Predict(large[row].Features.AsSpan())[0], 1e-2, $"row {row}");
        Close.AssertEqual(
            Close.Doubles([.. near.Transform(View(0)).GetColumn<float>("Loss")]),
                Close.Doubles([.. far.Transform(View(Level)).GetColumn<float>("Loss")]), 1e-3, "loss");
    }

    [TestMethod]
    public void A_warning_says_that_the_column_of_next_steps_is_too_coarse_where_their_features_are_not()
    {
        NextStepTrainer trainer = _ml.Sequence.Trainers.NextStep(
            new Gru { HiddenSize = 2 }, new NextStepOptions { Kind = StepKind.Real, Training = Training with { Epochs = 1 } });
        trainer.Fit(View(0)).Dispose();
        Assert.IsEmpty(_warnings);
        trainer.Fit(View(Level)).Dispose();
        StringAssert.Contains(_warnings.Single(),
            "is learnt as it is, but the column 'Prediction' is of type Single, whose numbers are 128 apart around 1.7E+09");
    }

    [TestMethod]
    public void Steps_at_a_large_level_are_generated_as_steps_around_zero()
    {
        NextStepTrainer trainer = _ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 3 }, new NextStepOptions { Kind = StepKind.Real, Training = Training });
        using NextStepTransformer near = trainer.Fit(View(0)), far = trainer.Fit(View(Level));
        double[] Generated(SequenceModel model, double[] prompt) =>
            [.. model.GenerateSteps(prompt, new GenerationOptions { MaxLength = 5 }).Select(step => step.Single())];
        double[] expected = Generated(near.Model, Make(0)[1].Features), found = Generated(far.Model, Make(Level)[1].Features);

        Assert.HasCount(5, found);
        for (int step = 0; step < 5; step++)
            Assert.AreEqual(expected[step] + Level, found[step], 2e-2, $"step {step}");
        float[] prompt = [.. Make(0)[1].Features.Select(value => (float)value)];
        CollectionAssert.AreEqual(expected.Select(value => (float)value).ToArray(),
            near.Model.GenerateSteps(prompt, new GenerationOptions { MaxLength = 5 }).Select(step => step.Single()).ToArray());
    }

    [TestMethod]
    public void Integer_columns_are_read_whole()
    {
        const long Big = 1_234_567_890_123;
        Integers[] rows = [.. Enumerable.Range(0, 24)
            .Select(i => new Integers { Label = i % 2 == 0, First = Big + i, Second = Big + i + (i % 2 == 0 ? 1 : 3) })];
        using SequencePredictionTransformer model = _ml.BinaryClassification.Trainers
            .Sequence(new Gru { HiddenSize = 2 }, Options with { FeatureColumnNames = ["First", "Second"] }).Fit(_ml.Data.LoadFromEnumerable(rows));

        long[] values = [.. rows.SelectMany(row => new[] { row.First, row.Second })];
        double mean = values.Average(value => (double)(value - Big));
        Assert.AreEqual(mean, model.Model.Scaling.Pooled.Mean[0] - Big, 1e-3);
        Assert.AreEqual(Math.Sqrt(values.Average(value => Math.Pow(value - Big - mean, 2))), model.Model.Scaling.Pooled.Deviation[0], 1e-3);
    }

    [TestMethod]
    public void The_importance_of_a_feature_does_not_depend_on_its_level()
    {
        using SequencePredictionTransformer near = Fit(0), far = Fit(Level);
        double Change(SequencePredictionTransformer model, double level) => new MLContext(seed: 2).Sequence.PermutationFeatureImportance(
            model, View(level), scored => _ml.BinaryClassification.Evaluate(scored).LogLoss, permutations: 2).Single().Change;

        double expected = Change(near, 0);
        Assert.AreNotEqual(0, expected, 1e-3);
        Assert.AreEqual(expected, Change(far, Level), 1e-3);

        SequencePredictionTransformer Fit(double level) => _ml.BinaryClassification.Trainers.Sequence(new Gru { HiddenSize = 3 }, Options).Fit(View(level));
    }

    private static SequenceOptions Options => new() { Training = Training };

    private IDataView View(double level, bool holes = false) => _ml.Data.LoadFromEnumerable(Make(level, holes));

    // Twelve steps that rise by 1, or by 2 in rows of the positive class.
    private static Row[] Make(double level, bool holes = false) => [.. Enumerable.Range(0, 24).Select(i =>
    {
        bool yes = i % 3 != 0;
        return new Row
        {
            Label = yes,
            Number = level + (yes ? 20 : 0),
            Features = [.. Enumerable.Range(0, 12).Select(
                step => holes && (step + i) % 5 == 2 ? double.NaN : level + step * (yes ? 2.0 : 1.0) + 0.25 * (i % 4))],
            Tags = [.. Enumerable.Range(0, 12).Select(step => step > 5 ? "late" : "early")],
        };
    })];

    private sealed class Row
    {
        public bool Label { get; set; }

        public double Number { get; set; }

        public double[] Features { get; set; } = [];

        public string[] Tags { get; set; } = [];
    }

    private sealed class Integers
    {
        public bool Label { get; set; }

        public long First { get; set; }

        public long Second { get; set; }
    }
}
