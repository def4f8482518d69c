using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.Model;

/// <summary>Compares forecasts in plain C# with those of the transformer, which libtorch computes.</summary>
[TestClass]
public sealed class ForecasterTests
{
    private const int Context = 12, Horizon = 3, Rows = 60;

    private sealed class Row
    {
        public string Series { get; set; } = "";

        [VectorType(2)]
        public float[] Values { get; set; } = [];

        public float Extra { get; set; }
    }

    private static readonly Row[] Data = [.. Enumerable.Range(0, 2 * Rows).Select(i => new Row
    {
        Series = i % 2 == 0 ? "north" : "south",
        Values = [MathF.Sin(i * 0.3f) * (1 + i % 2), 40 + MathF.Cos(i * 0.2f)],
        Extra = i * 0.1f,
    })];

    [TestMethod]
    [DataRow("lstm", WindowNormalization.None)]
    [DataRow("lstm", WindowNormalization.MeanAndDeviation)]
    [DataRow("tcn", WindowNormalization.LastValue)]
    public void Plain_CSharp_forecasts_what_libtorch_forecasts(string architecture, WindowNormalization normalization)
    {
        (SequenceModel model, float[][] scored) = Fit(Architecture.FromName(architecture), normalization);
        for (int i = 0; i < Data.Length; i++)
        {
            Row[] history = [.. Data.Take(i + 1).Where(row => row.Series == Data[i].Series)];
            if (history.Length < Context)
                continue;
            float[] forecast = model.Forecast([.. history.SelectMany(row => row.Values.Append(row.Extra))], Data[i].Series);
            for (int k = 0; k < forecast.Length; k++)
                Assert.AreEqual(scored[i][k], forecast[k], 1e-4f * Math.Max(1, Math.Abs(scored[i][k])), $"row {i}, value {k}");
        }
    }

    [TestMethod]
    public void A_value_that_is_not_finite_gives_NaN_and_a_short_history_an_error()
    {
        (SequenceModel model, _) = Fit(new Lstm { HiddenSize = 4 }, WindowNormalization.MeanAndDeviation);
        var history = new float[Context * 3];
        history[5] = float.PositiveInfinity;
        Assert.IsTrue(model.Forecast(history, "north").All(float.IsNaN));

        var error = Assert.ThrowsExactly<ArgumentException>(() => model.Forecast(history.AsSpan(3), "north"));
        StringAssert.Contains(error.Message, "at least 12 steps of 3 values (Values[0], Values[1], Extra); found 33 values");
    }

    private static (SequenceModel Model, float[][] Scored) Fit(Architecture architecture, WindowNormalization normalization)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Data);
        using ForecastingTransformer fitted = ml.Forecasting.Trainers.Sequence(architecture, new ForecastingOptions
        {
            Targets = ["Values"],
            Inputs = ["Extra"],
            SeriesColumnName = "Series",
            Context = Context,
            Horizon = Horizon,
            Normalization = normalization,
            Training = new TrainingOptions { Epochs = 1 },
        }).Fit(rows);
        fitted.Backend = ScoringBackend.Torch;
        return (fitted.Model, [.. fitted.Transform(rows).GetColumn<float[]>("Forecast")]);
    }
}
