using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.SlidingWindows;

namespace MLNet.Sequence;

/// <summary>
/// Makes windows of time steps, for trainers of any kind. Each row that is kept gets the values of the last steps of its
/// series, up to its own, and a label some steps later.
/// </summary>
public sealed class SlidingWindowEstimator : IEstimator<SlidingWindowTransformer>
{
    private readonly SequenceHost _host;
    private readonly SlidingWindowColumns _columns;
    private readonly SlidingWindowOptions _options;

    internal SlidingWindowEstimator(IHostEnvironment environment, SlidingWindowOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _host = new SequenceHost(environment, nameof(SlidingWindowEstimator));
        (_columns, _options) = (new SlidingWindowColumns(_host), options);
    }

    /// <summary>Checks the columns of a future input schema and returns the schema with the columns that the transformer adds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return SchemaShapes.With(inputSchema, _columns.Promise(inputSchema, _options));
    }

    /// <summary>Binds the columns. No rows are read: there is nothing to learn.</summary>
    /// <param name="input">The rows, those of each series in time order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SlidingWindowTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new SlidingWindowTransformer(_host.Environment, _columns.Bind(input.Schema, _options));
    }
}
