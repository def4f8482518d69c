using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>An engine over a whole chain, compared with the chain's Transform of all rows together.</summary>
[TestClass]
public sealed class ForecastingEngineTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Rows_one_by_one_give_what_the_saved_chain_gives_for_all_together()
    {
        List<Step> rows = Rows();
        using var folder = new TemporaryFolder();
        Ml.Model.Save(Chain(rows), Ml.Data.LoadFromEnumerable(rows).Schema, folder.At("chain.zip"));
        ITransformer chain = Ml.Model.Load(folder.At("chain.zip"), out _);
        float[][] together = TinyForecasting.Column(chain.Transform(TinyForecasting.View(Ml, rows)), "Copy");

        using var engine = Ml.Forecasting.CreateEngine<Step, Copied>(chain);
        float[][] single = [.. rows.Select(row => engine.Predict(row).Copy)];

        TinyForecasting.AssertNear(together, single, 1e-4);
        Assert.AreEqual(33 + 13, single.Count(forecast => float.IsFinite(forecast[0])));
        // The forecaster alone, without the chain's normalisation, gives other numbers: the chain matters here.
        SequenceSession alone = engine.Session.Model.CreateSession();
        var other = new float[TinyForecasting.Horizon];
        foreach (Step row in rows)
            alone.Step(row.Series, [row.Load, row.Price], other);
        Assert.IsGreaterThan(1, Math.Abs(other[0] - single[^1][0]));
    }

    [TestMethod]
    public void States_continue_in_another_engine_and_a_disposed_one_harms_no_other()
    {
        List<Step> rows = Rows();
        var chain = Chain(rows);
        using var folder = new TemporaryFolder();
        var whole = Ml.Forecasting.CreateEngine<Step, Copied>(chain);
        whole.Update(rows[..50]);
        float[][] expected = [.. rows[50..].Select(row => whole.Predict(row).Copy)];
        using (var first = Ml.Forecasting.CreateEngine<Step, Copied>(chain))
        {
            first.Update(rows[..50]);
            first.CheckPoint(folder.At("states.bin"));
        }

        using var second = Ml.Forecasting.CreateEngine<Step, Copied>(chain, folder.At("states.bin"));
        float[][] continued = [.. rows[50..].Select(row => second.Predict(row).Copy)];

        CollectionAssert.AreEqual(TinyForecasting.Bits(expected), TinyForecasting.Bits(continued));
        whole.Dispose();
        Assert.HasCount(60, TinyForecasting.Column(chain.Transform(TinyForecasting.View(Ml, rows)), "Copy"));
    }

    [TestMethod]
    public void Threads_that_share_an_engine_get_what_one_thread_gets()
    {
        List<Step> rows = Rows();
        ITransformer chain = Chain(rows);
        using var one = Ml.Forecasting.CreateEngine<Step, Copied>(chain);
        using var shared = Ml.Forecasting.CreateEngine<Step, Copied>(chain);
        Dictionary<string, float[][]> expected = rows.GroupBy(row => row.Series).ToDictionary(
            series => series.Key, series => series.Select(row => one.Predict(row).Copy).ToArray());

        Parallel.ForEach(rows.GroupBy(row => row.Series), series =>
            CollectionAssert.AreEqual(TinyForecasting.Bits(expected[series.Key]), TinyForecasting.Bits(series.Select(row => shared.Predict(row).Copy))));
    }

    [TestMethod]
    public void Known_inputs_of_the_steps_ahead_go_through_the_chain_as_well()
    {
        List<Step> rows = TinyForecasting.Steps(40);
        var options = TinyForecasting.Options with { TimeColumnName = "Time", KnownInputs = ["Price"] };
        var chain = Ml.Transforms.NormalizeMinMax("Price").Append(Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, options))
            .Fit(TinyForecasting.View(Ml, rows));
        float[][] together = TinyForecasting.Column(chain.Transform(TinyForecasting.View(Ml, rows)));
        using var engine = Ml.Forecasting.CreateEngine<Step, Forecasted>(chain);
        float[][] single = [.. Enumerable.Range(0, 37).Select(i => engine.Predict(rows[i], rows[(i + 1)..(i + 4)]).Forecast)];
        TinyForecasting.AssertNear(together[..37], single, 1e-4);

        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => engine.Predict(rows[37])).Message,
            "known inputs ('Price') of the 3 steps after the row");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => engine.Predict(rows[37], rows[38..])).Message, "3 steps ahead; found 2");
        List<Step> late = [.. rows[35..38]];
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => engine.Predict(rows[37], late)).Message, "must ascend");
        // A refused call takes no step.
        Assert.IsTrue(engine.Predict(rows[37], [.. rows[38..], new Step { Time = rows[39].Time.AddHours(1), Price = 6 }]).Forecast.All(float.IsFinite));
    }

    [TestMethod]
    public void A_row_that_does_not_follow_its_series_is_refused()
    {
        List<Step> rows = Rows();
        using var engine = Ml.Forecasting.CreateEngine<Step, Copied>(Chain(rows));
        engine.Predict(rows[0]);
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => engine.Predict(rows[0])).Message;
        StringAssert.Contains(message, "The time column 'Time' must ascend within a series");
        StringAssert.Contains(message, "series 'a'");
        StringAssert.Contains(message, "in the order of their times, each once");
    }

    [TestMethod]
    public void What_no_engine_can_run_is_refused_when_it_is_made()
    {
        List<Step> rows = Rows();
        IDataView data = TinyForecasting.View(Ml, rows);
        void Refused(ITransformer model, string message) =>
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Ml.Forecasting.CreateEngine<Step, Forecasted>(model)).Message, message);
        Refused(Ml.Transforms.NormalizeMinMax("Price").Fit(data), "found 0 among its 1 transformers: NormalizingTransformer");
        var forecaster = Ml.Forecasting.Trainers.Sequence(new Linear(), TinyForecasting.SeriesOptions);
        Refused(forecaster.Append(Ml.Forecasting.Trainers.Sequence(new Linear(), TinyForecasting.SeriesOptions with
        {
            ForecastColumnName = "Other",
            ActualColumnName = "OtherActual",
        })).Fit(data), "found 2 among its 2 transformers");
        Refused(Ml.Transforms.SlidingWindow("Price", context: 4).Append(forecaster).Fit(data),
            "SlidingWindowTransformer, number 1 of the model's 2 transforms, reads several rows");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Ml.Forecasting.CreateEngine<Step, Step>(forecaster.Fit(data))).Message,
            "Step has no member for the forecast column 'Forecast'");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(
            () => forecaster.Fit(data).GetRowToRowMapper(data.Schema)).Message, "ml.Forecasting.CreateEngine");
    }

    private static List<Step> Rows() => TinyForecasting.Interleaved(TinyForecasting.Steps(40), TinyForecasting.Steps(20, seed: 2, series: "b"));

    private static TransformerChain<Microsoft.ML.Transforms.ColumnCopyingTransformer> Chain(List<Step> rows) =>
        new EstimatorChain<ITransformer>().Append(Ml.Transforms.NormalizeMinMax("Load")).Append(Ml.Transforms.NormalizeMinMax("Price"))
            .Append(Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, TinyForecasting.SeriesOptions))
            .Append(Ml.Transforms.CopyColumns("Copy", "Forecast")).Fit(TinyForecasting.View(Ml, rows));

    private sealed class Forecasted
    {
        public float[] Forecast { get; set; } = [];
    }

    private sealed class Copied
    {
        public float[] Copy { get; set; } = [];
    }
}
