using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.SlidingWindows;

namespace MLNet.Sequence;

/// <summary>
/// Turns rows of time steps into rows of windows. It passes on the rows whose series has a whole window up to them, every
/// stride-th of these, with all their columns. The first context − 1 rows of each series are left out, and with labels also the last
/// horizon rows. The data is read once, with one cursor, and lazily. A row comes when its label is read: rows of one series keep their
/// order, rows of several series have the order of their labels. A cursor keeps the last context and horizon steps of each series, and
/// the requested columns of the rows that wait for their label. If data to be transformed lacks the column of labels, no row is
/// dropped for a missing label, and the labels are NaN.
/// </summary>
public sealed class SlidingWindowTransformer : ITransformer
{
    internal const string Part = "SlidingWindow";

    private readonly SequenceHost _host;
    private readonly SlidingWindowColumns _columns;

    internal SlidingWindowTransformer(IHostEnvironment environment, BoundWindow window)
    {
        _host = new SequenceHost(environment, nameof(SlidingWindowTransformer));
        (_columns, Window) = (new SlidingWindowColumns(_host), window);
    }

    /// <summary>The columns of the windows, their size, and the label.</summary>
    public SlidingWindowOptions Options => Window.Options;

    /// <summary>
    /// False: a window reads the rows before its own. No PredictionEngine can run on single time steps: give one the
    /// transformers after this one, which read windows, or transform rows of history.
    /// </summary>
    public bool IsRowToRowMapper => false;

    internal BoundWindow Window { get; }

    /// <summary>The schema that <see cref="Transform"/> delivers for data with the given schema.</summary>
    /// <param name="inputSchema">The schema of the data to be transformed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column that windows are made of is missing or has the wrong type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _columns.Outputs(inputSchema, Window);
    }

    /// <summary>Checks the schema and returns a lazy view.</summary>
    /// <param name="input">The data to be transformed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column that windows are made of is missing or has the wrong type.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        DataViewSchema schema = GetOutputSchema(input.Schema);
        IEnumerable<string?> read = [.. Options.Columns, Options.LabelColumnName, Options.SeriesColumnName, Options.TimeColumnName];
        DataFrameColumns.Warn(_host, input, read.OfType<string>().Select(name => input.Schema.GetColumnOrNull(name)).OfType<DataViewSchema.Column>());
        return new SlidingWindowView(input, schema, this);
    }

    /// <summary>There is none: a window reads the rows before its own.</summary>
    /// <param name="inputSchema">The schema of the rows to be mapped.</param>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw _host.NotRowToRow();

    internal static SlidingWindowTransformer Load(IHostEnvironment environment, Stream stream)
    {
        try
        {
            BoundWindow window = JsonSerializer.Deserialize(stream, WindowJson.Default.BoundWindow) ?? throw new FormatException("it is empty.");
            window.MustBeSound();
            return new SlidingWindowTransformer(environment, window);
        }
        catch (Exception damage) when (damage is JsonException or FormatException or ArgumentException or OverflowException)
        {
            throw new FormatException($"The saved sliding window is damaged: {damage.Message}", damage);
        }
    }

    /// <summary>Warns of windows or labels, which are Single, that are too coarse for the level of the data.</summary>
    /// <param name="coarse">The column.</param>
    internal void Warn(CoarseChannel coarse)
    {
        using HostChannel channel = _host.Start("Windows");
        channel.WarnOnce(coarse.Topic, $"{coarse}: smaller differences are lost in windows and labels, which are Single. "
            + "Subtract a constant from the column before (ml.Transforms.Expression, in Double), or give it as it is to a forecaster.");
    }

    internal void ThrowIfCanceled() => _host.ThrowIfCanceled();

    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        SavedParts.Save(ctx, Part, model => JsonSerializer.Serialize(model, Window, WindowJson.Default.BoundWindow));
}
