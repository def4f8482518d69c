using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Onnx;
using MLNet.Sequence.Scoring;

namespace MLNet.Sequence.Pairs;

/// <summary>Searches for the targets of rows, several at once. Safe for any number of threads.</summary>
internal sealed class PairScoring(SequenceHost host, SequenceModel model) : IRowOutputs
{
    private readonly SequenceInput _source = model.Task.RowInput!;
    private readonly StepEncoding _encoding = model.Task.RowInput!.Encoding(model.Scaling.Pooled);

    /// <summary>The steps of targets of numbers; null: as the task says.</summary>
    public int? Steps { get; set; }

    /// <summary>The schema of the rows with the task's columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The source column is missing or has the wrong type.</exception>
    public OutputSchema Schema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        new SequenceBinding(host) { Role = "source" }.Check(inputSchema, _source);
        return new OutputSchema(inputSchema, [.. model.Task.Outputs.Select(output => OutputColumn.Of(output, model, chain: null))]);
    }

    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        OutputSchema outputs = Schema(input.Schema);
        DataFrameColumns.Warn(host, input, Columns(input.Schema));
        return new SequenceScoredView(input, outputs, this);
    }

    public IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema) => SequenceRow.Columns(schema, _source);

    public SequenceRow Read(DataViewRow row) => new(row, _source);

    /// <inheritdoc/>
    public float[][] Outputs(long first, IReadOnlyList<double[]> sequences)
    {
        var outputs = new float[sequences.Count][];
        Parallel.For(0, outputs.Length, (row, loop) =>
        {
            if (host.IsCanceled)
                loop.Stop();
            else
                outputs[row] = Search(sequences[row]);
        });
        host.ThrowIfCanceled();
        return outputs;
    }

    public OnnxRows ToOnnx(DataViewSchema schema) => throw new NotSupportedException(
        "A model of pairs searches for its targets: it cannot be part of a chain that is converted to ONNX.");

    // The score, and the tokens of the best target, or its numbers; NaN alone, or nothing, for a row without a source.
    private float[] Search(double[] source)
    {
        if (source.Length == 0)
            return model.Task.TargetNumbers is null ? [float.NaN] : [];
        var seen = new float[source.Length / _source.Features * _source.Channels];
        _encoding.Apply(source, seen);
        if (model.Task.TargetNumbers is not null)
            return model.StepNumbers(seen, Steps);
        PredictedTarget best = model.SearchTargets(seen, model.Task.TargetSearch!)[0];
        return [(float)best.Score, .. best.Tokens.Select(token => (float)token)];
    }
}
