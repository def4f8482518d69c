using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Tests.Fitting;
using MLNet.Sequence.Tests.Forecasts;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.SlidingWindows;

[TestClass]
public sealed class SlidingWindowTests
{
    private static readonly SlidingWindowOptions Windows = new()
    {
        Columns = ["Load", "Price"],
        LabelColumnName = "Load",
        Context = 4,
        Horizon = 3,
        SeriesColumnName = "Series",
        TimeColumnName = "Time",
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(1, 3)]
    [DataRow(3, 1)]
    [DataRow(2, 0)]
    public void Rows_windows_and_labels_are_those_cut_by_hand(int stride, int horizon)
    {
        List<Step> rows = Interleaved(Steps(13), Steps(11, seed: 2, series: "b"));
        SlidingWindowOptions options = Windows with { Stride = stride, Horizon = horizon };
        IDataView view = Transform(rows, options);

        // A row is returned when its label is read.
        var expected = new SortedList<int, (Step Row, float[] Window, float Label)>();
        for (int row = 0; row < rows.Count; row++)
        {
            List<Step> own = [.. rows.Where(step => step.Series == rows[row].Series)];
            int at = own.IndexOf(rows[row]);
            if (at >= 3 && (at - 3) % stride == 0 && at + horizon < own.Count)
                expected.Add(rows.IndexOf(own[at + horizon]),
                    (rows[row], [.. own[(at - 3)..(at + 1)].SelectMany(step => new[] { step.Load, step.Price })], own[at + horizon].Load));
        }

        CollectionAssert.AreEqual(expected.Values.Select(row => row.Row.Time).ToArray(), view.GetColumn<DateTime>("Time").ToArray());
        CollectionAssert.AreEqual(expected.Values.Select(row => row.Row.Series).ToArray(), view.GetColumn<string>("Series").ToArray());
        CollectionAssert.AreEqual(Bits(expected.Values.Select(row => row.Window)), Bits(Column(view, "Features")));
        CollectionAssert.AreEqual(expected.Values.Select(row => row.Label).ToArray(), view.GetColumn<float>("Label").ToArray());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Windows_too_coarse_for_the_level_of_their_column_are_reported_once_and_not_if_it_is_subtracted(bool asLabel)
    {
        var lines = new List<string>();
        _ml.Log += (_, entry) => lines.AddRange(entry.Message.Contains("apart", StringComparison.Ordinal) ? [entry.Message] : []);
        // Two series with levels so far apart that the deviation of all rows together would be larger than the spacing.
        IDataView rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 60)
            .Select(i => new Meter { Shop = i % 2 == 0 ? "a" : "b", Small = i, Reading = (i % 2 == 0 ? 1.7e9 : 1.2e9) + i % 7 }).ToList());
        var options = new SlidingWindowOptions
        {
            Columns = [asLabel ? "Small" : "Reading"],
            LabelColumnName = asLabel ? "Reading" : "Small",
            Context = 3,
            SeriesColumnName = "Shop"
        };
        for (int i = 0; i < 2; i++)
            _ = _ml.Transforms.SlidingWindow(options).Fit(rows).Transform(rows).Preview(100);
        StringAssert.Contains(lines.Single(), "'Reading' is around 1.2E+09, where Single holds only numbers 128 apart");
        StringAssert.Contains(lines.Single(), "Subtract a constant from the column before");

        IDataView near = _ml.Transforms.Expression("Near", "(x) => x - 1.7e9", "Reading").Fit(rows)
            .Transform(_ml.Data.FilterByCustomPredicate<Meter>(rows, row => row.Shop == "b"));
        IDataView windows = _ml.Transforms.SlidingWindow(options with { Columns = ["Near"], LabelColumnName = "Near" }).Fit(near).Transform(near);
        CollectionAssert.AreEqual(new[] { 0f, 2, 4 }, Column(windows, "Features").First());
        Assert.HasCount(1, lines);
    }

    [TestMethod]
    public void Labels_may_be_read_only_now_and_then()
    {
        IDataView view = Transform(Interleaved(Steps(60), Steps(40, seed: 2, series: "b")), Windows);
        float[] all = [.. view.GetColumn<float>("Label")];
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<float> label = cursor.GetGetter<float>(view.Schema["Label"]);
        float value = 0;

        for (int row = 0; cursor.MoveNext(); row++)
        {
            if (row % 7 < 5)
                continue;
            label(ref value);
            Assert.AreEqual(all[row], value);
            label(ref value);
            Assert.AreEqual(all[row], value);
        }
    }

    [TestMethod]
    public void The_estimator_keeps_MLNets_contract()
    {
        IDataView data = View(_ml, Interleaved(Steps(13), Steps(11, seed: 2, series: "b")));

        int[] values = EstimatorContract.Holds(_ml, _ml.Transforms.SlidingWindow(Windows), data, "Features");

        Assert.HasCount((13 - 6 + 11 - 6) * 8, values);
        EstimatorContract.Holds(_ml, _ml.Transforms.SlidingWindow("Load", context: 5), data, "Features");
    }

    [TestMethod]
    public void Slots_say_whose_value_they_hold_and_how_many_steps_back()
    {
        VBuffer<ReadOnlyMemory<char>> slots = default;
        Transform(Steps(4), Windows with { Context = 2, LabelColumnName = null }).Schema["Features"].GetSlotNames(ref slots);

        CollectionAssert.AreEqual(new[] { "Load-1", "Price-1", "Load", "Price" }, slots.DenseValues().Select(name => name.ToString()).ToArray());
    }

    [TestMethod]
    public void FastTree_learns_from_windows_and_a_saved_chain_scores_the_newest_row() =>
        Learns(_ml.Regression.Trainers.FastTree(numberOfTrees: 40));

    [TestMethod]
    public void LightGbm_learns_from_windows_and_a_saved_chain_scores_the_newest_row() =>
        Learns(_ml.Regression.Trainers.LightGbm(numberOfIterations: 60));

    [TestMethod]
    public void A_sequence_trainer_knows_the_features_of_a_window()
    {
        IDataView train = Transform(Steps(40), Windows);
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 2 }, new SequenceOptions { Training = BriefTraining }).Fit(train);

        Assert.AreEqual(2, model.Model.Task.InputSize);
        Assert.AreEqual(4, model.Model.Task.ContextLength);
    }

    [TestMethod]
    public void Rows_without_their_label_column_are_still_cut()
    {
        SlidingWindowTransformer fitted = _ml.Transforms.SlidingWindow(Windows with { LabelColumnName = "Price", Columns = ["Load"] }).Fit(View(_ml, Steps(5)));
        IDataView bare = _ml.Transforms.DropColumns("Price").Fit(View(_ml, Steps(9))).Transform(View(_ml, Steps(9)));

        float[] labels = [.. fitted.Transform(bare).GetColumn<float>("Label")];
        Assert.HasCount(6, labels);
        Assert.IsTrue(labels.All(float.IsNaN));
    }

    [TestMethod]
    public void Nothing_is_read_before_a_cursor_and_then_only_the_requested_columns()
    {
        var data = new CountingView(View(_ml, Steps(30)));
        IDataView view = _ml.Transforms.SlidingWindow(Windows).Fit(data).Transform(data);
        Assert.IsEmpty(data.Requests);

        _ = view.GetColumn<float[]>("Features").ToArray();
        _ = view.GetColumn<float>("Price").ToArray();
        _ = view.GetColumn<float>("Label").ToArray();
        CollectionAssert.AreEqual(new[] { "Load Price Series Time", "Price Series Time", "Load Series Time" }, data.Requests);
    }

    [TestMethod]
    [DoNotParallelize]
    public void Memory_does_not_grow_with_the_number_of_rows()
    {
        const int rows = 200_000;
        IEnumerable<Step> Many()
        {
            // One series after the other, and a third one whose rows are among those of both.
            for (int i = 0; i < 2 * rows; i++)
            {
                yield return new Step { Series = i < rows ? "a" : "b", Load = i };
                if (i % 1000 == 0)
                    yield return new Step { Series = "c", Load = -i };
            }
        }

        IDataView view = _ml.Transforms.SlidingWindow(
            new SlidingWindowOptions { Columns = ["Load"], LabelColumnName = "Load", Context = 64, SeriesColumnName = "Series" })
            .Fit(View(_ml, Steps(1))).Transform(_ml.Data.LoadFromEnumerable(Many()));
        // Memory that other threads allocate meanwhile stays and is counted once. Memory left by the rows would be counted in each pass.
        // One byte for each row would be 400,000 bytes.
        long[] grown = [.. Enumerable.Range(0, 3).Select(_ => Grown())];
        Assert.IsLessThan(100_000, grown.Min(), $"{string.Join(", ", grown)} bytes more than after 1,000 rows");

        long Grown()
        {
            using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Features"], view.Schema["Label"]]);
            ValueGetter<VBuffer<float>> window = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
            ValueGetter<float> label = cursor.GetGetter<float>(view.Schema["Label"]);
            VBuffer<float> values = default;
            float value = 0;
            long first = 0, most = 0, count = 0;
            for (; cursor.MoveNext(); count++)
            {
                window(ref values);
                label(ref value);
                if (count % 50_000 != 1000)
                    continue;
                long held = GC.GetTotalMemory(forceFullCollection: true);
                first = first == 0 ? held : first;
                most = Math.Max(most, held - first);
            }

            Assert.AreEqual(2 * rows + 2 * rows / 1000 - 3 * 64, count);
            return most;
        }
    }

    private IDataView Transform(IEnumerable<Step> rows, SlidingWindowOptions options)
    {
        IDataView data = View(_ml, rows);
        return _ml.Transforms.SlidingWindow(options).Fit(data).Transform(data);
    }

    private void Learns(IEstimator<ITransformer> trainer)
    {
        List<Step> rows = Steps(700);
        IDataView train = View(_ml, rows[..500]), test = View(_ml, rows[480..]);
        var options = new SlidingWindowOptions { Columns = ["Load"], LabelColumnName = "Load", Context = 20, Horizon = 5 };
        TransformerChain<ITransformer> fitted = _ml.Transforms.SlidingWindow(options).Append(trainer).Fit(train);
        using var file = new MemoryStream();
        _ml.Model.Save(fitted, train.Schema, file);
        file.Position = 0;
        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(file, out _);

        Assert.IsGreaterThan(0.98, _ml.Regression.Evaluate(loaded.Transform(test)).RSquared);
        CollectionAssert.AreEqual(
            fitted.Transform(test).GetColumn<float>("Score").ToArray(), loaded.Transform(test).GetColumn<float>("Score").ToArray());
        // Without a label the last rows stay. The true value is that of the wave, five steps after the last row.
        IDataView newest = _ml.Transforms.SlidingWindow(options with { LabelColumnName = null }).Fit(test).Transform(test);
        float[] scores = [.. loaded.LastTransformer.Transform(newest).GetColumn<float>("Score")];
        Assert.HasCount(220 - 19, scores);
        Assert.AreEqual(100.5 + 10 * Math.Sin(704 / 3.0), scores[^1], 2.0);
    }

    private sealed class Meter
    {
        public string Shop { get; set; } = "";

        public float Small { get; set; }

        public double Reading { get; set; }
    }
}
