using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Torch;
using TorchSharp;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class ForecastingViewTests
{
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void Transform_reads_nothing()
    {
        using ForecastingTransformer model = Fit(Steps(40), SeriesOptions);
        var input = new CountingView(View(_ml, Steps(40)));

        IDataView scored = model.Transform(input);

        Assert.IsNotNull(scored.Schema.GetColumnOrNull("Forecast"));
        Assert.IsEmpty(input.Requests);
    }

    [TestMethod]
    [DoNotParallelize]
    public void A_cursor_without_output_columns_reads_only_requested_columns_and_runs_no_network()
    {
        using ForecastingTransformer model = Fit(Steps(40), SeriesOptions);
        var input = new CountingView(View(_ml, Steps(40)));
        IDataView scored = model.Transform(input);
        long tensors = LiveTensors();

        int rows = scored.GetColumn<float>("Price").Count();

        Assert.AreEqual(40, rows);
        CollectionAssert.AreEqual(new[] { "Price" }, input.Requests);
        Assert.AreEqual(tensors, LiveTensors());
    }

    [TestMethod]
    public void A_disposed_model_scores_in_plain_CSharp_and_no_longer_in_libtorch()
    {
        ForecastingTransformer model = Fit(Steps(40));
        IDataView scored = model.Transform(View(_ml, Steps(40)));
        model.Backend = ScoringBackend.Managed;
        float[][] before = Column(scored);
        model.Dispose();

        Assert.HasCount(40, Column(scored, "Actual"));
        model.Backend = ScoringBackend.Auto;
        CollectionAssert.AreEqual(Bits(before), Bits(Column(scored)));
        model.Backend = ScoringBackend.Torch;
        Assert.ThrowsExactly<ObjectDisposedException>(() => Column(scored));
    }

    [TestMethod]
    public void A_cursor_reads_the_columns_of_the_task_and_the_requested_ones_with_one_cursor()
    {
        using ForecastingTransformer model = Fit(Steps(40), SeriesOptions);
        var input = new CountingView(View(_ml, Steps(40)));
        IDataView scored = model.Transform(input);

        float[][] first = Column(scored);
        float[][] second = Column(scored);
        Column(scored, "Actual");

        CollectionAssert.AreEqual(Bits(first), Bits(second));
        CollectionAssert.AreEqual(Enumerable.Repeat("Load Price Series Time", 3).ToArray(), input.Requests);
    }

    [TestMethod]
    public void A_column_that_was_not_requested_cannot_be_read()
    {
        using ForecastingTransformer model = Fit(Steps(40));
        IDataView scored = model.Transform(View(_ml, Steps(40)));
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Forecast"]]);

        Assert.IsTrue(cursor.IsColumnActive(scored.Schema["Forecast"]));
        Assert.IsFalse(cursor.IsColumnActive(scored.Schema["Actual"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => cursor.GetGetter<VBuffer<float>>(scored.Schema["Actual"]));
        Exception wrongType = Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(scored.Schema["Forecast"]));
        StringAssert.Contains(wrongType.Message, "'Forecast'");
    }

    [TestMethod]
    public void Rows_without_enough_history_have_no_forecast_and_rows_near_the_end_no_actual()
    {
        List<Step> steps = Steps(40);
        using ForecastingTransformer model = Fit(steps, Options with { Targets = ["Load", "Price"] });
        IDataView scored = model.Transform(View(_ml, steps));
        float[][] forecasts = Column(scored), actuals = Column(scored, "Actual");

        for (int row = 0; row < steps.Count; row++)
        {
            Assert.IsTrue(forecasts[row].All(value => row < Context - 1 ? float.IsNaN(value) : float.IsFinite(value)), $"row {row}");
            for (int step = 0; step < Horizon; step++)
            {
                Step? later = steps.ElementAtOrDefault(row + 1 + step);
                Assert.AreEqual(later?.Load ?? float.NaN, actuals[row][2 * step]);
                Assert.AreEqual(later?.Price ?? float.NaN, actuals[row][2 * step + 1]);
            }
        }
    }

    [TestMethod]
    public void The_values_are_the_same_for_every_way_to_read_the_rows()
    {
        // More than one block of rows, and the last one is not full.
        List<Step> steps = Interleaved(Steps(400), Steps(177, 2, "b"));
        using ForecastingTransformer model = Fit(steps, SeriesOptions);
        IDataView scored = model.Transform(View(_ml, steps));
        Dictionary<string, int[]> expected = ByRow(scored.GetRowCursor(scored.Schema));

        IDataView[] others = [scored, model.Transform(View(_ml, steps)), model.Transform(_ml.Data.Cache(View(_ml, steps)))];
        foreach (IDataView view in others)
        {
            AssertSame(expected, ByRow(view.GetRowCursor(view.Schema, new Random(1))));
            AssertSame(expected, ByRow(view.GetRowCursorSet(view.Schema, 4)));
            AssertSame(expected, ByRow(view.GetRowCursorSet(view.Schema, 4, new Random(2))));
        }

        IDataView shuffled = _ml.Data.ShuffleRows(scored, seed: 3);
        AssertSame(expected, ByRow(shuffled.GetRowCursor(shuffled.Schema)));
        IDataView skipped = _ml.Data.SkipRows(scored, 300);
        Dictionary<string, int[]> rest = ByRow(skipped.GetRowCursor(skipped.Schema));
        Assert.HasCount(steps.Count - 300, rest);
        foreach ((string row, int[] values) in rest)
            CollectionAssert.AreEqual(expected[row], values);
    }

    [TestMethod]
    public void Any_subset_of_the_columns_has_the_same_values()
    {
        List<Step> steps = Steps(300);
        using ForecastingTransformer model = Fit(steps, SeriesOptions);
        IDataView all = model.Transform(View(_ml, steps));
        int[] forecasts = Bits(Column(all)), actuals = Bits(Column(all, "Actual"));

        CollectionAssert.AreEqual(forecasts, Bits(Column(model.Transform(View(_ml, steps)))));
        CollectionAssert.AreEqual(actuals, Bits(Column(model.Transform(View(_ml, steps)), "Actual")));
        IDataView selected = _ml.Transforms.SelectColumns("Forecast").Fit(all).Transform(all);
        CollectionAssert.AreEqual(forecasts, Bits(Column(selected)));
    }

    [TestMethod]
    public void Four_threads_at_once_get_the_same_values()
    {
        List<Step> steps = Interleaved(Steps(500), Steps(300, 2, "b"));
        foreach (var architecture in new[] { TinyLstm, TinyTcn })
        {
            using ForecastingTransformer model = Fit(steps, SeriesOptions, architecture);
            int[] expected = Bits(Column(model.Transform(View(_ml, steps))));
            IDataView shared = model.Transform(View(_ml, steps));
            var found = new int[4][];

            Parallel.For(0, found.Length, new ParallelOptions { MaxDegreeOfParallelism = found.Length }, i =>
                found[i] = Bits(Column(i % 2 == 0 ? shared : model.Transform(View(_ml, steps)))));

            foreach (int[] bits in found)
                CollectionAssert.AreEqual(expected, bits);
        }
    }

    [TestMethod]
    [DoNotParallelize]
    public void Scoring_leaves_no_tensor_alive()
    {
        List<Step> steps = Interleaved(Steps(500), Steps(300, 2, "b"));
        foreach (var architecture in new[] { TinyLstm, TinyTcn })
        {
            long before = LiveTensors();
            ForecastingTransformer model = Fit(steps, SeriesOptions, architecture);
            Assert.AreEqual(before, LiveTensors(), "after training");

            Column(model.Transform(View(_ml, steps)));
            long warm = LiveTensors();
            for (int i = 0; i < 3; i++)
                Column(model.Transform(View(_ml, steps)));
            Assert.AreEqual(warm, LiveTensors(), "after scoring");

            model.Dispose();
            Assert.AreEqual(before, LiveTensors(), "after disposing");
        }
    }

    [TestMethod]
    public void A_missing_device_can_be_given_up_without_fitting_or_loading_again()
    {
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(TinyLstm, Options).Fit(View(ml, Steps(40)));
        ml.GpuDeviceId = 99;
        IDataView scored = model.Transform(View(ml, Steps(40)));
        Assert.Throws<Exception>(() => Column(scored));

        ml.FallbackToCpu = true;

        Assert.HasCount(40, Column(scored));
    }

    // Without tensors that earlier tests left to the garbage collector.
    private static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }

    private static Dictionary<string, int[]> ByRow(params DataViewRowCursor[] cursors)
    {
        var rows = new Dictionary<string, int[]>();
        foreach (DataViewRowCursor cursor in cursors)
        {
            using (cursor)
            {
                var series = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["Series"]);
                var time = cursor.GetGetter<DateTime>(cursor.Schema["Time"]);
                var forecast = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Forecast"]);
                var actual = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Actual"]);
                (ReadOnlyMemory<char> name, DateTime at, VBuffer<float> next, VBuffer<float> came) = (default, default, default, default);
                while (cursor.MoveNext())
                {
                    series(ref name);
                    time(ref at);
                    forecast(ref next);
                    actual(ref came);
                    rows.Add($"{name} {at:O}", Bits([.. next.DenseValues()], [.. came.DenseValues()]));
                }
            }
        }

        return rows;
    }

    private static void AssertSame(Dictionary<string, int[]> expected, Dictionary<string, int[]> found)
    {
        Assert.HasCount(expected.Count, found);
        foreach ((string row, int[] values) in expected)
            CollectionAssert.AreEqual(values, found[row], row);
    }
}
