using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Tasks;

/// <summary>Cases as rows, and outputs as numbers.</summary>
public abstract partial class TaskContract
{
    // The rows of a series are consecutive.
    private static int Place(TaskCase[] rows, int row) => rows[0].Task.Series is { } series ? (row + 1) * series.Context - 1 : row;

    private static IDataView View(TaskCase[] rows)
    {
        var ml = new MLContext();
        SequenceTask task = rows[0].Task;
        if (task.Series is not null)
            return ml.Data.LoadFromEnumerable(rows.SelectMany((row, i) => row.Values.Chunk(3)
                .Select(step => new SeriesStep { A = (float)step[0], B = (float)step[1], C = (float)step[2], Key = $"{i}" })));
        if (task.Tokens is not { } tokens)
            return StepSequence.View(ml, rows.Select(row => new StepSequence { Features = Array.ConvertAll(row.Values, value => (float)value) }));
        if (!tokens.Keys)
            return TokenSequence.View(ml, rows.Select(row => new TokenSequence { Tokens = Array.ConvertAll(row.Values, value => (int)value) }));
        IDataView words = ml.Data.LoadFromEnumerable(rows.Select(row =>
            new Words { Tokens = Array.ConvertAll(row.Values, value => tokens.ValueOf((int)value)) }));
        IDataView all = ml.Data.LoadFromEnumerable(tokens.Values!.Select(value => new { Value = value }));
        return ml.Transforms.Conversion.MapValueToKey("Tokens", keyData: all).Fit(words).Transform(words);
    }

    // The columns that the task reads as they are: the conversion goes no further back.
    private static IDataView Read(IDataView view, SequenceTask task)
    {
        var ml = new MLContext();
        return task.RowInput is { } input ? ml.Data.Cache(ml.Transforms.SelectColumns([.. input.Columns]).Fit(view).Transform(view)) : view;
    }

    private static double[][] Column(IDataView view, string name)
    {
        DataViewSchema.Column column = view.Schema[name];
        return column.Type switch
        {
            BooleanDataViewType => [.. view.GetColumn<bool>(name).Select(value => new[] { value ? 1.0 : 0 })],
            KeyDataViewType => [.. view.GetColumn<uint>(name).Select(value => new[] { (double)value })],
            VectorDataViewType { ItemType: KeyDataViewType } => [.. view.GetColumn<uint[]>(name).Select(row => Array.ConvertAll(row, value => (double)value))],
            VectorDataViewType => [.. view.GetColumn<float[]>(name).Select(Close.Doubles)],
            _ => [.. view.GetColumn<float>(name).Select(value => new[] { (double)value })],
        };
    }

    // Indices count from 0, keys from 1.
    private static double[] Numbers(OnnxTensor tensor) => tensor.Values switch
    {
        long[] indices => [.. indices.Select(index => index + 1.0)],
        bool[] answers => [.. answers.Select(answer => answer ? 1.0 : 0)],
        _ => Close.Doubles(tensor.Floats),
    };

    private static void Same(Dictionary<string, double[]> expected, Dictionary<string, double[]> found, string what)
    {
        foreach ((string name, double[] values) in expected)
            Close.AssertEqual(values, found[name], Parity, $"{what}, {name}");
        Assert.HasCount(expected.Count, found, what);
    }

    private sealed class SeriesStep
    {
        [ColumnName("a")]
        public float A { get; set; }

        [ColumnName("b")]
        public float B { get; set; }

        [ColumnName("c")]
        public float C { get; set; }

        public string Key { get; set; } = "";
    }

    private sealed class Words
    {
        public string[] Tokens { get; set; } = [];
    }
}
