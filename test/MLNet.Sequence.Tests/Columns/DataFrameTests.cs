using System.Text.RegularExpressions;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>A DataFrame gives 0 for a missing integer. If the data is itself a DataFrame, a warning says so.</summary>
[TestClass]
public sealed partial class DataFrameTests
{
    private const int Rows = 60;

    private static readonly TrainingOptions Brief = new() { Epochs = 1, Seed = 1 };

    private static readonly ForecastingOptions Forecasts = new() { Targets = ["Sold", "Heat"], Context = 6, Horizon = 2, Training = Brief };

    private static readonly SequenceOptions Numbers = new() { FeatureColumnNames = ["Heat", "Sold"], LabelColumnName = "Level", Training = Brief };

    private static readonly NextStepOptions Steps = new() { Kind = StepKind.Real, FeatureColumnNames = ["Heat", "Sold"], Training = Brief };

    /// <summary>All operations that read rows, by name. Each gets rows without gaps, and rows with three.</summary>
    private static readonly Dictionary<string, Action<MLContext, DataFrame, DataFrame>> Doors = new()
    {
        ["forecaster, data"] = (ml, _, gaps) => Fit(ml, gaps),
        ["forecaster, validation set"] = (ml, whole, gaps) => Fit(ml, whole, Forecasts with { ValidationSet = gaps }),
        ["forecaster, series"] = (ml, whole, gaps) => Fit(ml, gaps, Forecasts with { Targets = ["Heat"], SeriesColumnName = "Sold", Context = 2, Horizon = 1 }),
        ["forecasts"] = (ml, whole, gaps) => Fit(ml, whole).Transform(gaps),
        ["history"] = (ml, whole, gaps) => ml.Forecasting.EvaluateSequence(Fit(ml, whole).Transform(whole), seasonality: 2, history: gaps),
        ["learning rate"] = (ml, _, gaps) => ml.Sequence.FindLearningRate(ml.Forecasting.Trainers.Sequence(new Linear(), Forecasts), gaps, 10),
        ["regression, data"] = (ml, _, gaps) => ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 2 }, Numbers).Fit(gaps).Dispose(),
        ["regression, validation set"] = (ml, whole, gaps) =>
            ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 2 }, Numbers with { ValidationSet = gaps }).Fit(whole).Dispose(),
        ["regression, label"] = (ml, _, gaps) =>
            ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 2 }, Numbers with { FeatureColumnNames = ["Heat"], LabelColumnName = "Sold" }).Fit(gaps)
                .Dispose(),
        ["regression, weights"] = (ml, _, gaps) => ml.Regression.Trainers.Sequence(
            new Gru { HiddenSize = 2 }, Numbers with { FeatureColumnNames = ["Heat"], ExampleWeightColumnName = "Sold" }).Fit(gaps).Dispose(),
        ["scores"] = (ml, whole, gaps) => ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 2 }, Numbers).Fit(whole).Transform(gaps),
        ["next steps, data"] = (ml, _, gaps) => ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 2 }, Steps).Fit(gaps).Dispose(),
        ["next steps, validation set"] = (ml, whole, gaps) =>
            ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 2 }, Steps with { ValidationSet = gaps }).Fit(whole).Dispose(),
        ["windows"] = (ml, whole, gaps) => ml.Transforms.SlidingWindow(new SlidingWindowOptions { Columns = ["Sold"], Context = 2 }).Fit(whole).Transform(gaps),
        ["labels of windows"] = (ml, whole, gaps) =>
            ml.Transforms.SlidingWindow(new SlidingWindowOptions { Columns = ["Heat"], LabelColumnName = "Sold", Context = 2 }).Fit(whole).Transform(gaps),
        ["memory"] = (ml, whole, gaps) => ml.Sequence.MeasureMemory(Fit(ml, whole), gaps, new MemoryOptions { Examples = 4 }),
        ["truncation"] = (ml, whole, gaps) => ml.Sequence.Truncate(Fit(ml, whole).Model, gaps, 1e6),
        ["comparison"] = (ml, whole, gaps) => ml.Sequence.Compare(
            whole, gaps, Forecasts, [new Linear(), new WindowMlp { Window = 2 }],
                new CompareOptions { Rounds = 1, Memory = new MemoryOptions { Examples = 4 } }),
        ["importance"] = (ml, whole, gaps) => ml.Sequence.PermutationFeatureImportance(
            ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 2 }, Numbers).Fit(whole),
                new DataFrame(gaps.Columns["Sold"], gaps.Columns["Heat"], gaps.Columns["Level"]), scored => ml.Regression.Evaluate(scored, "Level").RSquared),
        ["evaluation"] = (ml, _, gaps) => ml.Regression.EvaluateSequence(gaps, "Sold", "Heat"),
    };

    public static IEnumerable<object[]> DoorNames => Doors.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(DoorNames))]
    public void A_warning_names_missing_integers_of_a_DataFrame_once_by_column_and_count_wherever_rows_are_read(string door)
    {
        var ml = new MLContext(seed: 1);
        var lines = new List<string>();
        ml.Log += (_, entry) => lines.AddRange(entry.Message.Contains("The DataFrame has", StringComparison.Ordinal) ? [entry.Message] : []);
        Doors[door](ml, Frame(_ => false), Frame(i => i % 20 == 7));

        StringAssert.Contains(lines.Single(), "'Sold' (3)");
        Assert.DoesNotContain("Unread", lines.Single());
        Assert.DoesNotContain("Heat", lines.Single());
    }

    [TestMethod]
    public void A_sequence_view_has_NaN_where_integers_and_Booleans_are_missing_and_keeps_all_other_columns()
    {
        DateTime[] days = [new(2024, 1, 1), new(2024, 1, 2), new(2024, 1, 3)];
        var frame = new DataFrame(
            new DateTimeDataFrameColumn("day", days),
            new Int64DataFrameColumn("counter", new long?[] { 1_234_567_890_123, null, 1_234_567_890_125 }),
            new Int16DataFrameColumn("small", new short?[] { 1, null, 3 }),
            new BooleanDataFrameColumn("open", new bool?[] { true, null, false }),
            new Int32DataFrameColumn("whole", new int?[] { 7, 8, 9 }),
            new SingleDataFrameColumn("heat", new float?[] { 1.5f, null, 2.5f }),
            new StringDataFrameColumn("shop", new[] { "a", null, "b" }));

        IDataView view = frame.ToSequenceView();

        CollectionAssert.AreEqual(days, view.GetColumn<DateTime>("day").ToArray());
        CollectionAssert.AreEqual(new[] { 1_234_567_890_123, double.NaN, 1_234_567_890_125 }, view.GetColumn<double>("counter").ToArray());
        CollectionAssert.AreEqual(new[] { 1, float.NaN, 3 }, view.GetColumn<float>("small").ToArray());
        CollectionAssert.AreEqual(new[] { 1, float.NaN, 0 }, view.GetColumn<float>("open").ToArray());
        CollectionAssert.AreEqual(new[] { 7, 8, 9 }, view.GetColumn<int>("whole").ToArray());
        CollectionAssert.AreEqual(new[] { 1.5f, float.NaN, 2.5f }, view.GetColumn<float>("heat").ToArray());
        CollectionAssert.AreEqual(new[] { "a", "", "b" }, view.GetColumn<string>("shop").ToArray());
        Assert.AreEqual(1L, frame.Columns["small"].NullCount, "The DataFrame stays as it is.");
        var late = new DataFrame(new DateTimeDataFrameColumn("day", new DateTime?[] { days[0], null }));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => late.ToSequenceView()).Message,
            "The column 'day' (DateTime) has 1 missing values, the first in row 2");
    }

    [TestMethod]
    public void A_forecaster_of_a_sequence_view_is_that_of_rows_with_NaN_and_nothing_is_warned_of()
    {
        var ml = new MLContext(seed: 1);
        ml.Log += (_, entry) => Assert.DoesNotContain("The DataFrame has", entry.Message);
        DataFrame frame = Frame(i => i % 20 == 7);
        ForecastingOptions options = Forecasts with { MissingValues = MissingValues.Interpolate };
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Linear(), options).Fit(frame.ToSequenceView());
        float?[] sold = [.. Enumerable.Range(0, Rows).Select(i => i % 20 == 7 ? null : (float?)(i / 3 % 2))];
        using ForecastingTransformer expected = Fit(ml, new DataFrame(new SingleDataFrameColumn("Sold", sold), frame.Columns["Heat"]), options);
        CollectionAssert.AreEqual(TinyForecasting.Bits(expected.Model), TinyForecasting.Bits(model.Model));
    }

    [TestMethod]
    public void Columns_that_are_not_read_are_not_warned_of()
    {
        var ml = new MLContext(seed: 1);
        ml.Log += (_, entry) => Assert.DoesNotContain("DataFrame", entry.Message);
        Fit(ml, Frame(i => i % 20 == 7), Forecasts with { Targets = ["Heat"] });
    }

    [TestMethod]
    public void Rows_are_opened_in_one_place()
    {
        // Views open their input in AddingView and StepsView. The other files open kept rows, objects, the library's own columns, or times and keys.
        string[] others = ["AddingView.cs", "DataFrameColumns.cs", "SeriesHistory.cs", "FeatureImportance.cs", "TimeOrder.cs",
            "FoundFrequency.cs", "ForecastingEngine.cs", "WholeSeries.cs", "StepsView.cs", "SeriesLengths.cs", "ContextChoice.cs", "AnomalyTransformer.cs"];
        string[] opening = [.. Directory.EnumerateFiles(SourceTree.Path("src", "MLNet.Sequence"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && Opening().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetFileName(file))];
        CollectionAssert.AreEquivalent(others, opening);
    }

    [GeneratedRegex(@"\w\.GetRowCursor\(")]
    private static partial Regex Opening();

    private static ForecastingTransformer Fit(MLContext ml, DataFrame frame, ForecastingOptions? options = null) =>
        ml.Forecasting.Trainers.Sequence(new Linear(), options ?? Forecasts).Fit(frame);

    private static DataFrame Frame(Func<int, bool> isMissing)
    {
        int?[] sold = [.. Enumerable.Range(0, Rows).Select(i => isMissing(i) ? null : (int?)(i / 3 % 2))];
        float?[] heat = [.. Enumerable.Range(0, Rows).Select(i => (float?)(i % 5 + 0.1f * (i % 3)))];
        return new DataFrame(new Int32DataFrameColumn("Sold", sold), new SingleDataFrameColumn("Heat", heat), new SingleDataFrameColumn("Level", heat),
            new Int32DataFrameColumn("Unread", sold));
    }
}
