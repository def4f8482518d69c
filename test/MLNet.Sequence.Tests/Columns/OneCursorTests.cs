using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>Data may change when it is read again. A view reads it once, so the added values belong to their row.</summary>
[TestClass]
public sealed class OneCursorTests
{
    private static readonly TrainingOptions Brief = new() { Epochs = 1, Seed = 1 };

    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Views =>
        new[] { "regression", "tagging", "next step", "forecasts", "forecasts of many series", "windows", "windows of many series" }.Select(
            name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Views))]
    public void A_source_that_can_be_read_once_gives_all_rows_and_the_same_values(string view)
    {
        (ITransformer model, Func<IEnumerable<object>> rows) = Make(view);
        IDataView many = Load(rows()), once = new CountingView(Load(Once(rows())));

        string[] expected = Print(model.Transform(many)), found = Print(model.Transform(once));

        Assert.IsGreaterThan(300, expected.Length);
        CollectionAssert.AreEqual(expected, found);
        Assert.HasCount(1, ((CountingView)once).Requests);
        Dispose(model);
    }

    [TestMethod]
    [DataRow("regression")]
    [DataRow("tagging")]
    [DataRow("next step")]
    public void Rows_that_come_in_another_order_each_time_keep_their_own_scores(string view)
    {
        (ITransformer model, Func<IEnumerable<object>> rows) = Make(view);
        string[] expected = [.. Print(model.Transform(Load(rows()))).Order(StringComparer.Ordinal)];
        var shuffled = new Random(5);
        IDataView moving = Load(Turning([.. rows()], shuffled));

        string[] first = Print(model.Transform(moving)), second = Print(model.Transform(moving));

        CollectionAssert.AreNotEqual(first, second);
        CollectionAssert.AreEqual(expected, first.Order(StringComparer.Ordinal).ToArray());
        CollectionAssert.AreEqual(expected, second.Order(StringComparer.Ordinal).ToArray());
        Dispose(model);
    }

    [TestMethod]
    public void Columns_of_every_type_ids_and_positions_pass_with_the_scores()
    {
        AllTypes[] rows = [.. Enumerable.Range(0, 300).Select(AllTypes.Of)];
        IDataView plain = _ml.Transforms.Conversion.MapValueToKey("Key", "Text").Fit(Load(rows)).Transform(Load(rows));
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(
            new Gru { HiddenSize = 2 }, new SequenceOptions { LabelColumnName = "Number", FeatureColumnName = "Sequence", Training = Brief }).Fit(plain);
        IDataView scored = model.Transform(plain);

        CollectionAssert.AreEqual(Print(plain, plain.Schema), Print(scored, plain.Schema));
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema), direct = plain.GetRowCursor(plain.Schema);
        ValueGetter<DataViewRowId> id = cursor.GetIdGetter(), directId = direct.GetIdGetter();
        ValueGetter<VBuffer<float>> sparse = cursor.GetGetter<VBuffer<float>>(scored.Schema["Sparse"]);
        (DataViewRowId found, DataViewRowId expected, VBuffer<float> vector) = (default, default, default);
        Assert.AreEqual(-1, cursor.Position);
        for (int row = 0; direct.MoveNext(); row++)
        {
            Assert.IsTrue(cursor.MoveNext());
            id(ref found);
            directId(ref expected);
            sparse(ref vector);
            Assert.AreEqual(expected, found);
            Assert.AreEqual(direct.Batch, cursor.Batch);
            Assert.AreEqual(row, cursor.Position);
            Assert.AreEqual(row, (int)vector.GetItemOrDefault(row % 40));
            // Changes that a reader makes to its copy have no effect on others.
            VBufferEditor.CreateFromBuffer(ref vector).Values.Clear();
        }

        Assert.IsFalse(cursor.MoveNext());
        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
    }

    [TestMethod]
    public void Actuals_are_read_as_far_ahead_as_the_horizon_and_no_further()
    {
        using ForecastingTransformer model = Fit(Steps(40));
        int read = 0;
        IDataView scored = model.Transform(_ml.Data.LoadFromEnumerable(Steps(2000).Select(step =>
        {
            read++;
            return step;
        })));
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Actual"]]);
        ValueGetter<VBuffer<float>> actual = cursor.GetGetter<VBuffer<float>>(scored.Schema["Actual"]);
        VBuffer<float> value = default;
        while (cursor.Position < 600)
        {
            Assert.IsTrue(cursor.MoveNext());
            actual(ref value);
        }

        // Three blocks of 256 rows.
        Assert.AreEqual(768, read);
    }

    [TestMethod]
    public void A_comparison_reads_its_rows_once()
    {
        var train = new CountingView(Load(Once(Regression(120))));
        var test = new CountingView(Load(Once(Regression(60, seed: 2))));

        RecurrenceReport report = _ml.Sequence.Compare(train, test, new SequenceOptions { Training = Brief with { BatchSize = 32 } },
            [new Linear(), new Gru { HiddenSize = 2 }], new CompareOptions { Rounds = 2, MaxTime = TimeSpan.FromMinutes(2) });

        Assert.AreEqual(60, report.Examples);
        Assert.HasCount(1, train.Requests);
        Assert.HasCount(1, test.Requests);
    }

    [TestMethod]
    public void An_adaptive_softmax_is_trained_on_rows_that_can_be_read_once()
    {
        IEnumerable<TokenSequence> rows = TokenSequence.Make(60);
        var options = new NextStepOptions
        {
            Kind = StepKind.Token,
            FeatureColumnName = "Features",
            AdaptiveSoftmax = [3],
            Tokens = new TokenOptions { EmbeddingSize = 4 },
            Training = Brief,
        };
        var keys = TokenSequence.Keys(_ml).Fit(_ml.Data.LoadFromEnumerable(rows));
        NextStepTransformer Fitted(IEnumerable<TokenSequence> from) =>
            new MLContext(seed: 1).Sequence.Trainers.NextStep(new Gru { HiddenSize = 3 }, options).Fit(keys.Transform(_ml.Data.LoadFromEnumerable(from)));

        using NextStepTransformer expected = Fitted(rows), found = Fitted(Once(rows));

        CollectionAssert.AreEqual(Bits(expected.Model), Bits(found.Model));
        var tokens = ((NextStep)found.Model.Task).Input.Tokens!;
        // The most frequent first.
        string[] byFrequency = [.. rows.SelectMany(row => row.Tokens).GroupBy(token => TokenSequence.Words[token]).OrderByDescending(group => group.Count())
            .Select(group => group.Key)];
        Assert.AreEqual(byFrequency[0], tokens.Values![0]);
        Assert.AreEqual(byFrequency[^1], tokens.Values![^1]);
    }

    [TestMethod]
    public void Windows_come_in_the_order_of_their_labels()
    {
        // The label of a comes late. The rows of b do not wait for it.
        string[] series = ["a", "a", "b", "b", "b", "a", "b"];
        IDataView data = Load(series.Select((name, row) => new Step { Series = name, Load = row }));
        var options = new SlidingWindowOptions { Columns = ["Load"], LabelColumnName = "Load", Context = 1, SeriesColumnName = "Series" };
        IDataView windows = _ml.Transforms.SlidingWindow(options).Fit(data).Transform(data);

        CollectionAssert.AreEqual(new[] { 0f, 2, 3, 1, 4 }, Column(windows, "Features").Select(window => window[0]).ToArray());
        CollectionAssert.AreEqual(new[] { 1f, 3, 4, 5, 6 }, windows.GetColumn<float>("Label").ToArray());
    }

    private (ITransformer Model, Func<IEnumerable<object>> Rows) Make(string view)
    {
        List<Step> series = Steps(600), many = [.. Interleaved(Steps(330), Steps(200, 2, "b")), .. Steps(90, 3, "c")];
        var windows = new SlidingWindowOptions { Columns = ["Load", "Price"], LabelColumnName = "Load", Context = 5, Horizon = 3 };
        var sequences = new SequenceOptions { Training = Brief };
        switch (view)
        {
            case "regression":
                return (_ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 3 }, sequences).Fit(Load(Regression(60))), () => Regression(600));
            case "tagging":
                return (_ml.MulticlassClassification.Trainers.SequenceTagger(
                    new Gru { HiddenSize = 3 }, new SequenceTaggerOptions { LabelColumnName = "Tags", Training = Brief })
                    .Fit(TaggedSequence.View(_ml, TaggedSequence.Make(60))), () => TaggedSequence.Make(400));
            case "next step":
                return (_ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 3 }, new NextStepOptions { Kind = StepKind.Real, Features = 2, Training = Brief })
                    .Fit(StepSequence.View(_ml, StepSequence.Waves(40))), () => StepSequence.Waves(400));
            case "forecasts":
                return (Fit(series[..60]), () => series);
            case "forecasts of many series":
                return (Fit(many, SeriesOptions), () => many);
            case "windows":
                return (_ml.Transforms.SlidingWindow(windows).Fit(Load(series)), () => series);
            default:
                return (_ml.Transforms.SlidingWindow(windows with { SeriesColumnName = "Series", TimeColumnName = "Time" }).Fit(Load(many)), () => many);
        }
    }

    private static IEnumerable<Numbered> Regression(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(
            i => new Numbered { Id = i, Label = i % 7, Features = [.. Enumerable.Range(0, 6).Select(_ => i % 7 + (float)random.NextDouble())] })];
    }

    private IDataView Load(IEnumerable<object> rows) => rows switch
    {
        IEnumerable<Numbered> numbered => _ml.Data.LoadFromEnumerable(numbered),
        IEnumerable<TaggedSequence> tagged => _ml.Data.LoadFromEnumerable(tagged),
        IEnumerable<StepSequence> steps => _ml.Data.LoadFromEnumerable(steps),
        IEnumerable<AllTypes> all => _ml.Data.LoadFromEnumerable(all),
        _ => _ml.Data.LoadFromEnumerable((IEnumerable<Step>)rows),
    };

    // Has the type of its rows, so that a view can be made of it.
    private static IEnumerable<object> Once(IEnumerable<object> rows) => rows switch
    {
        IEnumerable<Numbered> numbered => Once<Numbered>(numbered),
        IEnumerable<TaggedSequence> tagged => Once<TaggedSequence>(tagged),
        IEnumerable<StepSequence> steps => Once<StepSequence>(steps),
        _ => Once<Step>((IEnumerable<Step>)rows),
    };

    private static IEnumerable<T> Once<T>(IEnumerable<T> rows)
    {
        var queue = new Queue<T>(rows);
        IEnumerable<T> Read()
        {
            while (queue.TryDequeue(out T? row))
                yield return row;
        }

        return Read();
    }

    private static IEnumerable<object> Turning(object[] rows, Random random) => rows[0] switch
    {
        Numbered => Turned<Numbered>(rows, random),
        TaggedSequence => Turned<TaggedSequence>(rows, random),
        _ => Turned<StepSequence>(rows, random),
    };

    private static IEnumerable<T> Turned<T>(object[] rows, Random random)
    {
        object[] order = [.. rows];
        random.Shuffle(order);
        foreach (object row in order)
            yield return (T)row;
    }

    private static string[] Print(IDataView view) => Print(view, view.Schema);

    private static string[] Print(IDataView view, IEnumerable<DataViewSchema.Column> columns)
    {
        // All columns are active, even if only some are printed.
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        Func<string>[] printers = [.. columns.Where(column => !column.IsHidden).Select(column => Printer(cursor, view.Schema[column.Name]))];
        var rows = new List<string>();
        while (cursor.MoveNext())
            rows.Add(string.Join(" | ", printers.Select(print => print())));
        return [.. rows];
    }

    private static Func<string> Printer(DataViewRow row, DataViewSchema.Column column) =>
        ((Func<DataViewRow, DataViewSchema.Column, Func<string>>)Delegate.CreateDelegate(
            typeof(Func<DataViewRow, DataViewSchema.Column, Func<string>>),
            typeof(OneCursorTests).GetMethod(nameof(PrinterOf), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
                .MakeGenericMethod(column.Type.RawType)))(row, column);

    private static Func<string> PrinterOf<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return value switch
            {
                VBuffer<float> numbers => string.Join(' ', numbers.DenseValues().Select(number => number.ToString("R"))),
                VBuffer<uint> keys => string.Join(' ', keys.DenseValues()),
                VBuffer<ReadOnlyMemory<char>> texts => string.Join(' ', texts.DenseValues()),
                VBuffer<double> numbers => string.Join(' ', numbers.DenseValues()),
                DateTime time => time.ToString("O"),
                _ => value!.ToString()!,
            };
        };
    }

    private static void Dispose(ITransformer model) => (model as IDisposable)?.Dispose();

    private sealed class Numbered
    {
        public int Id { get; set; }

        public float Label { get; set; }

        [VectorType(6)]
        public float[] Features { get; set; } = [];
    }
}
