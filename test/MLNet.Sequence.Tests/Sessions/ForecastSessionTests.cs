using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Sessions;

/// <summary>Compares forecasts of growing series with those of batch scoring.</summary>
[TestClass]
public sealed class ForecastSessionTests
{
    private const int Missing = 17;

    [TestMethod]
    [DataRow("lstm", WindowNormalization.None, false)]
    [DataRow("lstm", WindowNormalization.MeanAndDeviation, false)]
    [DataRow("linear", WindowNormalization.None, true)]
    [DataRow("window-mlp", WindowNormalization.LastValue, false)]
    public void Steps_of_interleaved_series_give_the_forecasts_of_batch_scoring(string name, WindowNormalization normalization, bool constantTime)
    {
        List<Step> rows = Rows();
        using ForecastingTransformer fitted = Fit(Architecture.FromName(name), normalization, rows);
        rows[Missing].Price = float.NaN;
        float[][] scored = TinyForecasting.Column(fitted.Transform(TinyForecasting.View(new Microsoft.ML.MLContext(), rows)));
        SequenceSession session = fitted.Model.CreateSession();
        Assert.AreEqual(constantTime, session.IsConstantTime);

        float[][] streamed = [.. rows.Select(row => Stepped(session, row))];

        TinyForecasting.AssertNear(scored, streamed, 1e-4);
        // 33 full windows of the 40 steps of a, and 13 of the 20 steps of b without the 6 that contain the missing value of its sixth step.
        Assert.AreEqual(40, streamed.Count(forecast => float.IsFinite(forecast[0])));
        CollectionAssert.AreEquivalent(new[] { "a", "b" }, session.Series.ToArray());
    }

    [TestMethod]
    public void A_carried_state_forecasts_as_a_run_from_the_first_step_on()
    {
        List<Step> rows = TinyForecasting.Steps(30);
        using ForecastingTransformer fitted = Fit(TinyForecasting.TinyLstm, WindowNormalization.None, rows);
        SequenceModel model = fitted.Model;
        SequenceSession session = model.CreateSession(carriesState: true);
        Assert.IsTrue(session.IsConstantTime);

        float[][] streamed = [.. rows.Select(row => Stepped(session, row))];

        for (int row = 0; row < rows.Count; row++)
        {
            float[] sequence = [.. rows.Take(row + 1).SelectMany(step => new[] { step.Load, step.Price })];
            model.Scaling["a"].Apply(sequence);
            float[] expected = model.Managed.Run(sequence);
            model.Scaling["a"].Undo(expected, 1);
            if (row + 1 >= TinyForecasting.Context)
                TinyForecasting.AssertNear([expected], [streamed[row]], 1e-6);
            else
                Assert.IsTrue(streamed[row].All(float.IsNaN), $"row {row}");
        }
    }

    [TestMethod]
    [DataRow("linear", WindowNormalization.None, MissingValues.Error)]
    [DataRow("lstm", WindowNormalization.MeanAndDeviation, MissingValues.Error)]
    [DataRow("lstm", WindowNormalization.MeanAndDeviation, MissingValues.Forward)]
    public void Static_columns_without_known_inputs_give_the_forecasts_of_batch_scoring(string name, WindowNormalization normalization, MissingValues handling)
    {
        List<Step> rows = Rows();
        foreach (Step row in rows)
            row.Price = row.Series == "a" ? 3 : 7;
        using ForecastingTransformer fitted = TinyForecasting.Fit(rows, TinyForecasting.SeriesOptions with
        {
            Inputs = [],
            StaticColumns = ["Price"],
            Normalization = normalization,
            MissingValues = handling,
        }, Architecture.FromName(name));
        // A series whose static value is missing has no forecast, not a wrong one.
        List<Step> scored = [.. rows, .. TinyForecasting.Steps(20, seed: 2, series: "c"), .. TinyForecasting.Steps(20, seed: 2, series: "d")];
        foreach (Step row in scored.Where(row => row.Series is "c" or "d"))
            row.Price = row.Series == "c" ? 7 : float.NaN;
        float[][] batch = TinyForecasting.Column(fitted.Transform(TinyForecasting.View(new Microsoft.ML.MLContext(), scored)));
        SequenceSession session = fitted.Model.CreateSession();

        float[][] streamed = [.. scored.Select(row => Stepped(session, row))];

        TinyForecasting.AssertNear(batch, streamed, 1e-4);
        Assert.AreEqual(33 + 13 + 13, streamed.Count(forecast => float.IsFinite(forecast[0])));
    }

    [TestMethod]
    public void A_forgotten_series_begins_again()
    {
        List<Step> rows = TinyForecasting.Steps(20);
        using ForecastingTransformer fitted = Fit(new Linear(), WindowNormalization.None, rows);
        SequenceSession session = fitted.Model.CreateSession();
        float[][] first = [.. rows.Select(row => Stepped(session, row))];
        Assert.IsTrue(session.Forget("a"));
        Assert.IsFalse(session.Forget("a"));
        CollectionAssert.AreEqual(TinyForecasting.Bits(first), TinyForecasting.Bits(rows.Select(row => Stepped(session, row))));
    }

    [TestMethod]
    public void A_window_that_is_normalised_as_a_whole_carries_no_state()
    {
        using ForecastingTransformer fitted = Fit(TinyForecasting.TinyLstm, WindowNormalization.MeanAndDeviation, Rows());
        var error = Assert.ThrowsExactly<NotSupportedException>(() => fitted.Model.CreateSession(carriesState: true));
        StringAssert.Contains(error.Message, "reads its whole window at once");
    }

    [TestMethod]
    [DataRow("linear", WindowNormalization.None, true)]
    [DataRow("tcn", WindowNormalization.MeanAndDeviation, false)]
    [DataRow("lstm", WindowNormalization.LastValue, false)]
    public void A_step_of_a_series_of_training_allocates_nothing(string name, WindowNormalization normalization, bool isConstantTime)
    {
        using ForecastingTransformer fitted = Fit(Architecture.FromName(name), normalization, Rows());
        SequenceSession session = fitted.Model.CreateSession();
        Assert.AreEqual(isConstantTime, session.IsConstantTime);
        float[] values = new float[session.InputSize], output = new float[session.OutputSize];
        for (int i = 0; i < TinyForecasting.Context; i++)
            session.Step("a", values, output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            session.Step("a", values, output);
        Assert.AreEqual(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [TestMethod]
    public void Spans_of_another_length_are_refused_with_both_numbers()
    {
        using ForecastingTransformer fitted = Fit(new Linear(), WindowNormalization.None, Rows());
        SequenceSession session = fitted.Model.CreateSession();
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => session.Step(new float[3], new float[3])).Message, "has 2 values; found 3");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => session.Step(new float[2], new float[4])).Message,
            "gives 3 values; found room for 4");
    }

    private static List<Step> Rows() => TinyForecasting.Interleaved(TinyForecasting.Steps(40), TinyForecasting.Steps(20, seed: 2, series: "b"));

    private static ForecastingTransformer Fit(Architecture architecture, WindowNormalization normalization, IEnumerable<Step> rows) =>
        TinyForecasting.Fit(rows, TinyForecasting.SeriesOptions with { Normalization = normalization }, architecture);

    private static float[] Stepped(SequenceSession session, Step row)
    {
        var output = new float[session.OutputSize];
        session.Step(row.Series, [row.Load, row.Price], output);
        return output;
    }
}
