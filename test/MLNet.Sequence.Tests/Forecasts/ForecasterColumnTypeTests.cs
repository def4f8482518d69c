using Microsoft.ML;
using Microsoft.ML.Data;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>The same values in different column types give the same weights and forecasts, bit for bit.</summary>
[TestClass]
public sealed class ForecasterColumnTypeTests
{
    private const int Rows = 40;

    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void All_types_of_numbers_give_the_same_forecasts()
    {
        int[] expected = Scalars(value => (float)value);

        CollectionAssert.AreEqual(expected, Scalars(value => (double)value));
        CollectionAssert.AreEqual(expected, Scalars(value => (sbyte)value));
        CollectionAssert.AreEqual(expected, Scalars(value => (byte)value));
        CollectionAssert.AreEqual(expected, Scalars(value => (short)value));
        CollectionAssert.AreEqual(expected, Scalars(value => (ushort)value));
        CollectionAssert.AreEqual(expected, Scalars(value => value));
        CollectionAssert.AreEqual(expected, Scalars(value => (uint)value));
        CollectionAssert.AreEqual(expected, Scalars(value => (long)value));
        CollectionAssert.AreEqual(expected, Scalars(value => (ulong)value));
        CollectionAssert.AreEqual(expected, Scalars(value => value == 1));
    }

    [TestMethod]
    public void A_vector_is_its_slots()
    {
        int[] expected = Forecasts(Scores((a, b) => new Two { A = a, B = b }), "A", "B");

        CollectionAssert.AreEqual(expected, Forecasts(Scores((a, b) => new VectorOf<float> { Value = [a, b] }), "Value"));
        CollectionAssert.AreEqual(expected, Forecasts(Scores((a, b) => new VectorOf<double> { Value = [a, b] }), "Value"));
        CollectionAssert.AreEqual(expected, Forecasts(Scores((a, b) => new VectorOf<int> { Value = [a, b] }), "Value"));
        CollectionAssert.AreEqual(expected, Forecasts(Scores((a, b) => new VectorOf<byte> { Value = [(byte)a, (byte)b] }), "Value"));
        CollectionAssert.AreEqual(expected, Forecasts(Scores((a, b) => new VectorOf<bool> { Value = [a == 1, b == 1] }), "Value"));
        CollectionAssert.AreEqual(expected, Forecasts(Scores((a, b) => new Sparse { Value = SparseOf(a, b) }), "Value"));
    }

    [TestMethod]
    public void A_series_is_the_same_as_text_key_or_number()
    {
        List<Step> steps = Interleaved(Steps(Rows, 1, "7"), Steps(Rows, 2, "9"));
        (int[] forecasts, string[] names) = BySeries(_ml.Data.LoadFromEnumerable(steps));
        CollectionAssert.AreEqual(new[] { "7", "9" }, names);

        // ML.NET counts keys from 1, a property of a class from 0.
        foreach (IDataView data in new[]
        {
            _ml.Data.LoadFromEnumerable(steps.Select(step => new SeriesOf<int> { Series = step.Series[0] - '0', Load = step.Load, Time = step.Time }).ToList()),
            _ml.Data.LoadFromEnumerable(
                steps.Select(step => new SeriesOf<ulong> { Series = (ulong)(step.Series[0] - '0'), Load = step.Load, Time = step.Time }).ToList()),
            Keyed(_ml.Data.LoadFromEnumerable(steps)),
            Keyed(_ml.Data.LoadFromEnumerable(
                steps.Select(step => new SeriesOf<short> { Series = (short)(step.Series[0] - '0'), Load = step.Load, Time = step.Time }).ToList())),
            _ml.Data.LoadFromEnumerable(
                steps.Select(step => new KeySeries { Series = (uint)(step.Series[0] - '1'), Load = step.Load, Time = step.Time }).ToList()),
        })
        {
            (int[] other, string[] otherNames) = BySeries(data);
            CollectionAssert.AreEqual(forecasts, other);
            Assert.AreEqual(string.Join(" ", names), string.Join(" ", otherNames), data.Schema["Series"].ToString());
        }
    }

    [TestMethod]
    public void Time_may_be_a_date_a_span_a_number_or_text()
    {
        int[] expected = ByTime(i => i, null);

        CollectionAssert.AreEqual(expected, ByTime(i => new DateTime(2020, 1, 1).AddDays(i)));
        CollectionAssert.AreEqual(expected, ByTime(i => new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(i)));
        CollectionAssert.AreEqual(expected, ByTime(i => TimeSpan.FromDays(i)));
        CollectionAssert.AreEqual(expected, ByTime(i => (float)i));
        CollectionAssert.AreEqual(expected, ByTime(i => i * 0.5));
        CollectionAssert.AreEqual(expected, ByTime(i => i - 20));
        CollectionAssert.AreEqual(expected, ByTime(i => (ulong)i));
        CollectionAssert.AreEqual(expected, ByTime(i => $"2020-{i:D3}"));
    }

    [TestMethod]
    public void Time_that_does_not_ascend_is_refused_in_every_type()
    {
        foreach ((Action fit, string said) in new (Action, string)[]
        {
            (() => ByTime(i => new DateTime(2020, 1, 1).AddDays(i % 30)), "2020-01-01 00:00:00 does not come after 2020-01-30 00:00:00"),
            (() => ByTime(i => TimeSpan.FromDays(i % 30)), "00:00:00 does not come after 29.00:00:00"),
            (() => ByTime(i => (short)(i % 30)), "0 does not come after 29"),
            (() => ByTime(i => i == 30 ? double.NaN : i), "NaN does not come after 29"),
            (() => ByTime(i => $"{i % 30:D2}"), "'00' does not come after '29' (text is compared character by character)"),
        })
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(fit).Message, $"'Time' must ascend within a series: in row 31, {said}");
        }
    }

    private static int Bit(int row) => row * row % 7 % 2;

    private static List<T> Scores<T>(Func<int, int, T> row) => [.. Enumerable.Range(0, Rows).Select(i => row(Bit(i), Bit(i + 3)))];

    private static VBuffer<float> SparseOf(int a, int b) => (a, b) switch
    {
        (0, 0) => new VBuffer<float>(2, 0, [], []),
        (_, 0) => new VBuffer<float>(2, 1, [1f], [0]),
        (0, _) => new VBuffer<float>(2, 1, [1f], [1]),
        _ => new VBuffer<float>(2, [1f, 1f]),
    };

    private int[] Scalars<T>(Func<int, T> convert) =>
        Forecasts(Enumerable.Range(0, Rows).Select(i => new ScalarOf<T> { Value = convert(Bit(i)) }).ToList(), "Value");

    private int[] Forecasts<T>(List<T> rows, params string[] targets)
        where T : class
    {
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Targets = targets }).Fit(data);
        return Bits([.. Column(model.Transform(data)), .. Column(model.Transform(data), "Actual")]);
    }

    private IDataView Keyed(IDataView data) => _ml.Transforms.Conversion.MapValueToKey("Series").Fit(data).Transform(data);

    private (int[] Forecasts, string[] Names) BySeries(IDataView data)
    {
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, SeriesOptions with { Inputs = [] }).Fit(data);
        return (Bits(Column(model.Transform(data))), [.. model.Model.Scaling.BySeries.Keys]);
    }

    private int[] ByTime<T>(Func<int, T> time, string? column = "Time")
    {
        List<Step> steps = Steps(Rows);
        IDataView data = _ml.Data.LoadFromEnumerable(steps.Select((step, i) => new TimeOf<T> { Time = time(i), Load = step.Load }).ToList());
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { TimeColumnName = column }).Fit(data);
        return Bits(Column(model.Transform(data)));
    }

    private sealed class ScalarOf<T>
    {
        public T Value { get; set; } = default!;
    }

    private sealed class VectorOf<T>
    {
        [VectorType(2)]
        public T[] Value { get; set; } = [];
    }

    private sealed class Sparse
    {
        [VectorType(2)]
        public VBuffer<float> Value { get; set; }
    }

    private sealed class Two
    {
        public float A { get; set; }

        public float B { get; set; }
    }

    private sealed class SeriesOf<T>
    {
        public T Series { get; set; } = default!;

        public DateTime Time { get; set; }

        public float Load { get; set; }
    }

    private sealed class KeySeries
    {
        [KeyType(10)]
        public uint Series { get; set; }

        public DateTime Time { get; set; }

        public float Load { get; set; }
    }

    private sealed class TimeOf<T>
    {
        public T Time { get; set; } = default!;

        public float Load { get; set; }
    }
}
