using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>A message says what is wrong with rows whose time does not ascend.</summary>
[TestClass]
public sealed class TimeOrderTests
{
    private static readonly ForecastingOptions OneSeries = SeriesOptions with { SeriesColumnName = null };

    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void Series_one_after_the_other_ask_for_the_series_column()
    {
        string message = Error([.. Steps(40), .. Steps(40, 2, "b"), .. Steps(40, 3, "c")], OneSeries);
        StringAssert.Contains(message, "in row 41");
        StringAssert.Contains(message, "120 of 120 rows have a time that other rows have too: they look like several series, one after the "
            + "other; set SeriesColumnName to 'Series', which tells them apart.");
    }

    [TestMethod]
    public void Series_of_other_times_one_after_the_other_are_seen_as_pieces()
    {
        List<Step> later = Steps(40, 2, "b");
        later.ForEach(step => step.Time = step.Time.AddMinutes(-30));
        StringAssert.Contains(Error([.. Steps(40), .. later], OneSeries),
            "The rows ascend in 2 pieces: they look like several series, one after the other; set SeriesColumnName to 'Series'");
    }

    [TestMethod]
    public void Series_that_interleave_are_mixed()
    {
        List<Step> rows = [.. Steps(40).Zip(Steps(40, 2, "b"), (one, other) => new[] { one, other }).SelectMany(pair => pair)];
        StringAssert.Contains(Error(rows, OneSeries),
            "80 of 80 rows have a time that other rows have too: they look like several series, mixed; set SeriesColumnName to 'Series'");
        rows.ForEach(row => row.Series = "a");
        StringAssert.Contains(Error(rows, SeriesOptions), "they look like several series, mixed; 'Series' does not distinguish all of them");
    }

    [TestMethod]
    public void Rows_with_the_newest_first_and_unsorted_rows_are_distinguished()
    {
        StringAssert.Contains(Error([.. Enumerable.Reverse(Steps(40))], OneSeries),
            "the newest rows come first. Put the oldest first, or set ForecastingOptions.Sort.");
        StringAssert.Contains(Error([.. Enumerable.Reverse(Steps(40)), .. Enumerable.Reverse(Steps(40, 2, "b"))], SeriesOptions),
            "the newest rows come first.");
        var random = new Random(3);
        string message = Error([.. Steps(60).OrderBy(_ => random.Next())], OneSeries);
        StringAssert.Contains(message, "of 60 rows are earlier than the one before: they are not sorted. Set ForecastingOptions.Sort");
        List<Step> repeated = Steps(40);
        repeated[20].Time = repeated[19].Time;
        StringAssert.Contains(Error(repeated, OneSeries), "1 rows have the time of the row before: drop repeated ones.");
    }

    [TestMethod]
    public void Rows_that_do_not_ascend_in_dates_that_no_option_names_cause_a_warning()
    {
        var lines = new List<string>();
        _ml.Log += (_, entry) => lines.AddRange(entry.Message.Contains("do not ascend", StringComparison.Ordinal) ? [entry.Message] : []);
        void Train(IEnumerable<Step> rows, ForecastingOptions options) =>
            _ml.Forecasting.Trainers.Sequence(new Linear(), options).Fit(View(_ml, rows.ToList())).Dispose();

        Train(Steps(40), Options);
        Train([.. Steps(40), .. Steps(40, 2, "b")], Options with { SeriesColumnName = "Series" });
        Assert.IsEmpty(lines);
        Train([.. Steps(40), .. Steps(40, 2, "b")], Options);
        StringAssert.Contains(lines.Single(), "The rows do not ascend in the column 'Time': in row 41, 2020-01-01 00:00:00");
        StringAssert.Contains(lines.Single(), "set TimeColumnName; if they are several series, SeriesColumnName.");
        Train(Enumerable.Reverse(Steps(40)), Options with { SeriesColumnName = "Series" });
        StringAssert.Contains(lines[1], "in row 2 (series 'a')");
    }

    [TestMethod]
    public void Seconds_that_Single_cannot_distinguish_are_not_called_unsorted()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(i => new Second { Time = 1.7e9f + 60 * i, Value = i % 5 }).ToList());
        string message = Assert.ThrowsExactly<InvalidOperationException>(() =>
            _ml.Forecasting.Trainers.Sequence(new Linear(), Options with { Targets = ["Value"], TimeColumnName = "Time" }).Fit(rows)).Message;
        StringAssert.Contains(message, "there, Single holds only numbers 128 apart");
        StringAssert.Contains(message, "read the column as Double, Int64 or DateTime");
    }

    [TestMethod]
    public void Series_of_identifiers_beyond_Int64_are_read()
    {
        ulong[] keys = [ulong.MaxValue, ulong.MaxValue - 1, 1];
        IDataView rows = _ml.Data.LoadFromEnumerable(
            keys.SelectMany(key => Enumerable.Range(0, 30).Select(i => new Numbered { Key = key, Value = i % 7 })).ToList());
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(
            new Linear(), Options with { Targets = ["Value"], SeriesColumnName = "Key" }).Fit(rows);
        CollectionAssert.AreEquivalent(new[] { "18446744073709551615", "18446744073709551614", "1" }, model.Model.Scaling.BySeries.Keys.ToArray());
    }

    private string Error(IEnumerable<Step> rows, ForecastingOptions options) =>
        Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(View(_ml, rows))).Message;

    private sealed class Second
    {
        public float Time { get; set; }

        public float Value { get; set; }
    }

    private sealed class Numbered
    {
        public ulong Key { get; set; }

        public float Value { get; set; }
    }
}
