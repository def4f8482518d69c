using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// A fitted model of rows that hold a sequence each, with outputs by ML.NET's conventions: Score and PredictedLabel in
/// multiclass classification; Score, Probability and PredictedLabel in binary; Score in regression. Every row is scored on
/// its own: views run the network on many rows at once, a PredictionEngine on one, and both give the same to within the
/// rounding of float32. Safe for any number of threads.
/// </summary>
public sealed class SequencePredictionTransformer : SequenceTransformer, IDisposable
{
    private readonly SequenceHost _host;
    private readonly SequenceBinding _binding;
    private readonly NetworkScorer _network;

    internal SequencePredictionTransformer(IHostEnvironment environment, SequenceModel model)
    {
        _host = new SequenceHost(environment, nameof(SequencePredictionTransformer));
        _binding = new SequenceBinding(_host);
        _network = new NetworkScorer(_host, model);
        Model = model;
        Scorer = new SequenceScorer(_network, model);
    }

    /// <summary>The model: network, scaling, columns, training report.</summary>
    public SequenceModel Model { get; }

    /// <summary>True.</summary>
    public override bool IsRowToRowMapper => true;

    internal SequenceRowTask Task => (SequenceRowTask)Model.Task;

    internal SequenceScorer Scorer { get; }

    /// <inheritdoc/>
    public override DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Outputs(inputSchema).Schema;

    /// <inheritdoc/>
    public override IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new SequenceScoredView(input, Outputs(input.Schema), this);
    }

    /// <inheritdoc/>
    public override IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new SequenceRowMapper(Outputs(inputSchema), this);

    /// <summary>Releases the network's native memory; rows can no longer be scored.</summary>
    public void Dispose() => _network.Dispose();

    internal void ThrowIfCanceled() => _host.ThrowIfCanceled();

    private protected override void WriteModel(Stream model) => Model.Save(model);

    private OutputSchema Outputs(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _binding.Check(inputSchema, Task.Input);
        return new OutputSchema(inputSchema, Task);
    }
}
