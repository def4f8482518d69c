using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Onnx;

namespace MLNet.Sequence.Scoring;

/// <summary>
/// Scores rows that hold a sequence each, for any task: views run the network on many rows at once, a mapper on one.
/// Shared by the transformers of such tasks. Safe for any number of threads.
/// </summary>
internal sealed class RowScoring : IRowOutputs, IDisposable
{
    private readonly SequenceHost _host;
    private readonly SequenceModel _model;
    private readonly SequenceBinding _binding;
    private readonly NetworkScorer _network;
    private readonly RowDecoder _decoder;
    private readonly SequenceScorer _scorer;

    public RowScoring(SequenceHost host, SequenceModel model)
    {
        _decoder = new RowDecoder(model);
        (_host, _model, _binding, _network) = (host, model, new SequenceBinding(host), new NetworkScorer(host, model));
        _scorer = new SequenceScorer(_network, model, _decoder);
    }

    public ScoringBackend Backend
    {
        get => _network.Backend;
        set => _network.Backend = value;
    }

    /// <summary>The schema of the rows with the task's columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column that the model reads is missing or has the wrong type.</exception>
    public OutputSchema Outputs(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _binding.Check(inputSchema, _decoder.Input);
        return new OutputSchema(inputSchema, _decoder.Columns);
    }

    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        OutputSchema outputs = Outputs(input.Schema);
        DataFrameColumns.Warn(_host, input, Columns(input.Schema));
        return new SequenceScoredView(input, outputs, this);
    }

    public IRowToRowMapper Mapper(DataViewSchema inputSchema) => new SequenceRowMapper(Outputs(inputSchema), this);

    /// <inheritdoc/>
    public IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema) => SequenceRow.Columns(schema, _decoder.Input);

    /// <inheritdoc/>
    public SequenceRow Read(DataViewRow row) => new(row, _decoder.Input, _decoder.OnlyBits);

    /// <inheritdoc/>
    public float[][] Outputs(long first, IReadOnlyList<double[]> sequences)
    {
        _host.ThrowIfCanceled();
        return _scorer.Score(sequences);
    }

    /// <inheritdoc/>
    public OnnxRows ToOnnx(DataViewSchema schema) => OnnxRows.Of(_model,
        _decoder.Input.Tokens is { Keys: true } ? new TokenReader(schema, _decoder.Input).ToOnnx() : null);

    public void Dispose() => _network.Dispose();
}
