using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Columns;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>Rows of one subject are on the same side of a split, in every trainer of rows and in comparisons.</summary>
[TestClass]
public sealed class SamplingKeyTests
{
    // The values identify the subject: the loss is nearly 0 for subjects in training, but not for others.
    private const int Subjects = 12, Each = 8, Steps = 6;

    private static readonly TrainingOptions Training = new() { Epochs = 1, Seed = 4, ValidationFraction = 0.25 };
    private static readonly CompareOptions Once = new() { Rounds = 1, Memory = new MemoryOptions { Examples = 4 } };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("Subject")]
    [DataRow("Number")]
    [DataRow("Key")]
    public void Whole_subjects_are_validated_on_in_every_task(string column)
    {
        IDataView rows = View(Rows());
        var trained = new Ridge { Lags = 1, Penalty = 0 };
        // The training rows follow from the scaling, whose mean is theirs.
        Action<SequenceModel> check = model => CollectionAssert.Contains(Means(Rows()), Math.Round(model.Scaling.Pooled.Mean[0], 6), column);
        var options = new SequenceOptions { LabelColumnName = "Size", SamplingKeyColumnName = column, Training = Training };
        check(Fitted(_ml.Regression.Trainers.Sequence(trained, options).Fit(rows)));
        check(Fitted(_ml.BinaryClassification.Trainers.Sequence(new Linear(), options with { LabelColumnName = "Yes" }).Fit(rows)));
        check(Fitted(_ml.Sequence.Trainers.NextStep(trained, new NextStepOptions { Kind = StepKind.Real, SamplingKeyColumnName = column, Training = Training })
            .Fit(rows)));
        IDataView tagged = _ml.Transforms.Conversion.MapValueToKey("Tags").Fit(rows).Transform(rows);
        check(Fitted(_ml.MulticlassClassification.Trainers.SequenceTagger(
            new Linear(), new SequenceTaggerOptions { LabelColumnName = "Tags", SamplingKeyColumnName = column, Training = Training }).Fit(tagged)));
    }

    [TestMethod]
    public void A_missing_column_or_one_that_names_no_subjects_is_refused()
    {
        IDataView rows = View(Rows());
        var options = new SequenceOptions { LabelColumnName = "Size", Training = Training };
        string Error(string column) => Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Regression.Trainers.Sequence(new Linear(), options with { SamplingKeyColumnName = column }).Fit(rows)).Message;
        StringAssert.Contains(Error("Subjct"), "Could not find sampling key column 'Subjct'. The nearest names in the data: 'Subject'");
        StringAssert.Contains(Error("Size"), "sampling key column 'Size': expected text, a key or an integer type");
        StringAssert.Contains(Error("Features"), "sampling key column 'Features'");
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Regression.Trainers.Sequence(new Linear(), options with { SamplingKeyColumnName = "Subjct" })
                .GetOutputSchema(PromisedSchema.Of(rows.Schema)));
        var steps = new NextStepOptions { Kind = StepKind.Real, SamplingKeyColumnName = "Subjct", Training = Training };
        StringAssert.Contains(
            Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Sequence.Trainers.NextStep(new Linear(), steps).Fit(rows)).Message, "nearest names in the "
                + "data: 'Subject'");
        StringAssert.Contains(
            Assert.Throws<ArgumentException>(() => _ml.Sequence.Trainers.NextStep(new Gru(), new NextStepOptions
            {
                Kind = StepKind.Token,
                ContinuousText = true,
                SamplingKeyColumnName = "Subject",
                Training = Training with { BackpropSteps = 4 },
            })).Message,
            "SamplingKeyColumnName has no meaning with ContinuousText");
        Row[] spoilt = Rows();
        spoilt[2].Subject = "";
        StringAssert.Contains(
            Assert.Throws<InvalidOperationException>(() => _ml.Regression.Trainers.Sequence(new Linear(), options with { SamplingKeyColumnName = "Subject" })
                .Fit(View(spoilt))).Message,
            "The sampling key 'Subject' is missing in row 3");
    }

    [TestMethod]
    public void Rows_that_are_only_measured_on_share_no_subject_with_those_trained_on()
    {
        Row[] all = Rows();
        IDataView train = View(all.Where(row => row.Number < 10)), other = View(all.Where(row => row.Number >= 10)),
            shared = View(all.Where(row => row.Number >= 8));
        var options = new SequenceOptions { LabelColumnName = "Size", SamplingKeyColumnName = "Subject", Training = Training };
        var steps = new NextStepOptions { Kind = StepKind.Real, SamplingKeyColumnName = "Subject", Training = Training };
        string[] errors =
        [
            Assert.Throws<InvalidOperationException>(() => _ml.Regression.Trainers.Sequence(new Linear(), options with { ValidationSet = shared })
                .Fit(train)).Message,
            Assert.Throws<InvalidOperationException>(() => _ml.Sequence.Trainers.NextStep(new Linear(), steps with { ValidationSet = shared })
                .Fit(train)).Message,
            Assert.Throws<InvalidOperationException>(() => _ml.Sequence.Compare(train, shared, options, [new Linear()], Once)).Message,
            Assert.Throws<InvalidOperationException>(() => _ml.Sequence.Compare(train, shared, steps, [new Linear()], Once)).Message,
        ];
        foreach ((string error, string set) in errors.Zip(["validation set", "validation set", "test set", "test set"]))
            StringAssert.Contains(error, $"The {set} and the training rows share 2 of the groups of the sampling key 'Subject': 's8', 's9'.");
        Assert.AreEqual(2 * Each, _ml.Sequence.Compare(train, other, options, [new Linear()], Once).Examples);
    }

    private static SequenceModel Fitted(SequenceTransformer fitted)
    {
        using (fitted)
            return fitted.Model;
    }

    // The mean of all values of any nine of the twelve subjects.
    private static double[] Means(Row[] rows)
    {
        double[] of = [.. rows.GroupBy(row => row.Subject).Select(subject => subject.SelectMany(row => row.Features).Average(value => (double)value))];
        return [.. from a in Enumerable.Range(0, Subjects) from b in Enumerable.Range(0, a) from c in Enumerable.Range(0, b)
            select Math.Round((of.Sum() - of[a] - of[b] - of[c]) / (Subjects - 3), 6)];
    }

    // Powers of two, so that a sum identifies its subjects.
    private static Row[] Rows() => [.. Enumerable.Range(0, Subjects * Each).Select(i => new Row
    {
        Subject = $"s{i % Subjects}",
        Number = i % Subjects,
        Key = (uint)(i % Subjects),
        Size = i,
        Yes = i / Subjects % 2 == 0,
        Tags = [.. Enumerable.Range(0, Steps).Select(step => (i + step) % 2 == 0 ? "a" : "b")],
        Features = [.. Enumerable.Range(0, Steps).Select(step => (1 << i % Subjects) + (step + i / Subjects) % 2 / 2f)],
    })];

    private IDataView View(IEnumerable<Row> rows) => _ml.Data.LoadFromEnumerable(rows);

    private sealed class Row
    {
        public string Subject { get; set; } = "";

        public int Number { get; set; }

        [KeyType(Subjects)]
        public uint Key { get; set; }

        public float Size { get; set; }

        public bool Yes { get; set; }

        public string[] Tags { get; set; } = [];

        public float[] Features { get; set; } = [];
    }
}
