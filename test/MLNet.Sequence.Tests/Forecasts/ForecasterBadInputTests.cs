using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Tests.Fitting;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class ForecasterBadInputTests
{
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void A_series_key_that_ends_inside_a_character_is_refused()
    {
        List<Step> rows = TinyForecasting.Interleaved(TinyForecasting.Steps(40), TinyForecasting.Steps(40, series: "shop \uD83D"));
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(rows, TinyForecasting.SeriesOptions));
        StringAssert.Contains(error.Message, "The series column 'Series' has the key 'shop \uD83D', which holds half of a character");
    }

    [TestMethod]
    [DataRow("target")]
    [DataRow("input")]
    [DataRow("series")]
    [DataRow("time")]
    public void A_missing_column_is_refused_with_the_nearest_names(string role) =>
        EstimatorContract.Refuses(Forecaster(role, "Lode"), View(_ml, Steps(40)), $"Could not find {role} column 'Lode'", "nearest names in the data: 'Load'");

    [TestMethod]
    [DataRow("target", "Text", "String")]
    [DataRow("target", "Variable", "Vector<Single>")]
    [DataRow("target", "Date", "DateTime")]
    [DataRow("target", "Key", "Key<UInt32")]
    [DataRow("input", "Text", "String")]
    [DataRow("input", "Variable", "Vector<Single>")]
    [DataRow("input", "Texts", "Vector<String")]
    [DataRow("series", "Load", "Single")]
    [DataRow("series", "Date", "DateTime")]
    [DataRow("series", "Flag", "Boolean")]
    [DataRow("series", "Texts", "Vector<String")]
    [DataRow("time", "Flag", "Boolean")]
    [DataRow("time", "Key", "Key<UInt32")]
    [DataRow("time", "Variable", "Vector<Single>")]
    public void A_column_of_the_wrong_type_is_refused_by_role_name_and_type(string role, string column, string found)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(_ => new Odd()).ToList());

        EstimatorContract.Refuses(Forecaster(role, column), data, $"Schema mismatch for {role} column '{column}': expected ", ", got ", found);
    }

    [TestMethod]
    public void A_fitted_model_refuses_other_columns_when_it_is_given_them_not_when_they_are_read()
    {
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Targets = ["Value"] })
            .Fit(_ml.Data.LoadFromEnumerable(Steps(40).Select(step => new Pair { Value = [step.Load, step.Price] }).ToList()));

        Exception missing = Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(View(_ml, Steps(40))));
        Exception size = Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(_ml.Data.LoadFromEnumerable(new List<Triple> { new() })));

        StringAssert.Contains(missing.Message, "Could not find target column 'Value'");
        StringAssert.Contains(size.Message, "Schema mismatch for target column 'Value': expected 2 values per row, as in training, got 3");
    }

    [TestMethod]
    public void A_validation_set_without_a_column_is_refused_before_anything_is_read()
    {
        var validation = new CountingView(_ml.Data.LoadFromEnumerable(new List<Pair> { new() }));
        var training = new CountingView(View(_ml, Steps(40)));

        Exception error = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { ValidationSet = validation }).Fit(training));

        StringAssert.Contains(error.Message, "Could not find the validation set's target column 'Load'");
        Assert.IsEmpty(training.Requests);
        Assert.IsEmpty(validation.Requests);
    }

    [TestMethod]
    [DataRow(float.NaN, "missing (NaN)")]
    [DataRow(float.PositiveInfinity, "infinite")]
    [DataRow(float.NegativeInfinity, "infinite")]
    public void A_value_that_is_no_number_is_named_by_row_column_and_series(float value, string said)
    {
        List<Step> steps = Interleaved(Steps(40), Steps(40, 2, "b"));
        steps[16].Price = value;

        string message = FitError(steps, SeriesOptions);

        StringAssert.Contains(message, $"column 'Price' is {said} in row 17 (series '{steps[16].Series}')");
        StringAssert.Contains(message, "ReplaceMissingValues");
    }

    [TestMethod]
    public void Too_few_rows_are_refused_with_the_number_that_is_needed()
    {
        StringAssert.Contains(FitError(Steps(10), Options), "The data has 10 rows; at least 11 rows are needed: Context 8 + Horizon 3.");
        StringAssert.Contains(FitError([], Options), "The data has no rows; at least 11 rows are needed");
        StringAssert.Contains(
            FitError(Steps(40), Options with { ValidationSet = View(_ml, Steps(5)) }), "The validation set has 5 rows; at least 11");
        StringAssert.Contains(
            FitError(Steps(40), Options with { Context = int.MaxValue }), "at least 2147483650 rows are needed");
        Assert.AreEqual(1, Fit(Steps(11), Options).Model.Report.TrainingExamples);
    }

    [TestMethod]
    public void Series_that_are_too_short_are_named()
    {
        List<Step> steps = [.. Steps(40), .. Steps(10, 2, "brief"), .. Steps(3, 3, "briefer")];

        StringAssert.Contains(FitError(steps, SeriesOptions), "too short: 'brief' (10 rows), 'briefer' (3 rows). In each, at least 11 rows");
    }

    [TestMethod]
    public void A_series_that_only_validation_would_see_causes_a_warning_by_name()
    {
        List<string> lines = [];
        _ml.Log += (_, entry) => lines.Add(entry.Message);

        _ml.Forecasting.Trainers.Sequence(TinyLstm, SeriesOptions).Fit(View(_ml, [.. Steps(60), .. Steps(11, 2, "brief")])).Dispose();

        StringAssert.Contains(lines.Single(line => line.Contains("Kind=Warning")),
            "too few rows before their validation tail to be trained on, beginning with 'brief'");
    }

    [TestMethod]
    public void A_time_that_does_not_ascend_within_its_series_is_named_by_row()
    {
        List<Step> steps = Interleaved(Steps(40), Steps(40, 2, "b"));
        int[] rows = [.. Enumerable.Range(0, steps.Count).Where(row => steps[row].Series == "b")];
        steps[rows[10]].Time = steps[rows[9]].Time;

        string message = FitError(steps, SeriesOptions);

        StringAssert.Contains(message, $"The time column 'Time' must ascend within a series: in row {rows[10] + 1} (series 'b')");
        StringAssert.Contains(message, "2020-01-01 09:00:00 does not come after 2020-01-01 09:00:00");
        // Without a time column, the rows keep their order in the data.
        Fit(steps, SeriesOptions with { TimeColumnName = null }).Dispose();
    }

    [TestMethod]
    public void All_wrong_options_are_reported_in_one_message_when_the_estimator_is_made()
    {
        var options = new ForecastingOptions
        {
            Targets = ["Load", "Load"],
            Inputs = [""],
            TimeColumnName = "Actual",
            Context = 0,
            Horizon = -1,
            Stride = 0,
            Training = new TrainingOptions { Epochs = 0, BatchSize = 0, LearningRate = double.NaN, Monitor = "accuracy", ValidationFraction = 1 },
        };

        string message = Assert.Throws<ArgumentException>(() => _ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 0, Dropout = 1 }, options)).Message;

        foreach (string part in new[]
        {
            "The column 'Load' is named 2 times", "A name in Targets, Inputs, KnownInputs or StaticColumns is empty", "must not take the name of a column "
                + "that is read: 'Actual'",
            "Context must be at least 1; found 0.", "Horizon must be at least 1; found -1.", "Stride must be at least 1; found 0.",
            "Training.Epochs must be at least 1; found 0.", "Training.BatchSize must be", "Training.LearningRate must be above 0; found NaN.",
            "Training.Monitor must be one of loss, mae; found 'accuracy'.", "Training.ValidationFraction must be in [0, 1); found 1.",
            "Lstm.HiddenSize must be at least 1; found 0.", "Lstm.Dropout must be in [0, 1); found 1.",
        })
            StringAssert.Contains(message, part);
    }

    [TestMethod]
    public void Empty_or_null_targets_are_reported_and_cause_no_other_error()
    {
        foreach (IReadOnlyList<string>? targets in new IReadOnlyList<string>?[] { [], null })
        {
            Exception error = Assert.Throws<ArgumentException>(() => _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Targets = targets! }));
            StringAssert.Contains(error.Message, "Targets must name at least one column.");
        }
    }

    [TestMethod]
    public void Every_normalisation_can_be_chosen()
    {
        foreach (WindowNormalization kind in Enum.GetValues<WindowNormalization>())
        {
            using ForecastingTransformer model = Fit(Steps(40), Options with { Normalization = kind });
            float[][] forecasts = Column(model.Transform(View(_ml, Steps(40))));
            Assert.IsTrue(forecasts.Skip(Context - 1).SelectMany(row => row).All(float.IsFinite), $"{kind}");
        }
    }

    private string FitError(IEnumerable<Step> steps, ForecastingOptions options) =>
        Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(View(_ml, steps))).Message;

    private SequenceForecaster Forecaster(string role, string column) => _ml.Forecasting.Trainers.Sequence(TinyLstm, role switch
    {
        "target" => Options with { Targets = [column] },
        "input" => Options with { Inputs = [column] },
        "series" => Options with { SeriesColumnName = column },
        _ => Options with { TimeColumnName = column },
    });

    private sealed class Odd
    {
        public float Load { get; set; }

        public string Text { get; set; } = "";

        public float[] Variable { get; set; } = [1];

        [VectorType(2)]
        public string[] Texts { get; set; } = ["", ""];

        public DateTime Date { get; set; }

        public bool Flag { get; set; }

        [KeyType(5)]
        public uint Key { get; set; }
    }

    private sealed class Pair
    {
        [VectorType(2)]
        public float[] Value { get; set; } = [1, 2];
    }

    private sealed class Triple
    {
        [VectorType(3)]
        public float[] Value { get; set; } = [1, 2, 3];
    }
}
