using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Forecasts;

/// <summary>Binds the columns of a forecasting task to a schema: at fit, at transform, and for future schemas.</summary>
internal sealed class ForecastingColumns(SequenceHost host)
{
    private const string TargetRole = "target", InputRole = "input", KnownRole = "known input", StaticRole = "static", SeriesRole = "series", TimeRole = "time";

    private const string KeyExpected = $"{ChannelReaders.Expected}, or a key (MapValueToKey makes keys of text)";

    private readonly ChannelColumns _channels = new(host);

    /// <summary>The task that these options define on this schema.</summary>
    public Forecasting Bind(DataViewSchema schema, ForecastingOptions options)
    {
        var task = new Forecasting
        {
            Targets = [.. options.Targets.Select(name => _channels.Of(schema, TargetRole, name))],
            Inputs = [.. options.Inputs.Select(name => _channels.Of(schema, InputRole, name))],
            KnownInputs = _channels.OfKeys(schema, KnownRole, options.KnownInputs),
            StaticInputs = _channels.OfKeys(schema, StaticRole, options.StaticColumns),
            SeriesColumnName = options.SeriesColumnName,
            TimeColumnName = options.TimeColumnName,
            ForecastColumnName = options.ForecastColumnName,
            ActualColumnName = options.ActualColumnName,
            Context = options.UsedContext,
            Horizon = options.Horizon,
            Levels = options.Output.Levels.Count == 0 ? null : options.Output.Levels,
            Distribution = options.Output.Distribution,
            Components = options.Output.Components,
            CarriesState = options.CarriesState,
            Frequency = options.Frequency,
            MissingValues = options.MissingValues,
            ShortSeries = options.ShortSeries,
            Sort = options.Sort,
            Scaling = options.Scaling,
            Differencing = options.Differencing,
            Resample = options.Resample,
            Normalization = options.UsedNormalization,
        };
        Check(schema, task);
        return task;
    }

    /// <summary>Checks that a schema has all columns of a task, in their types and sizes.</summary>
    public void Check(DataViewSchema schema, Forecasting task)
    {
        void CheckChannels(string role, ChannelColumn expected)
        {
            ChannelColumn column = expected.Keys is null ? _channels.Of(schema, role, expected.Name) : _channels.OfKey(schema, role, expected.Name);
            if (expected.Keys is not null && column.Keys is null)
                throw host.Mismatch(role, expected.Name, "a key, as in training", schema[expected.Name].Type.ToString()!);
            int found = column.Channels.Count;
            if (found != expected.Channels.Count)
                throw host.Mismatch(role, expected.Name, $"{expected.Channels.Count} values per row, as in training", $"{found}");
        }

        foreach (ChannelColumn target in task.Targets)
            CheckChannels(TargetRole, target);
        foreach (ChannelColumn input in task.Inputs)
            CheckChannels(InputRole, input);
        foreach (ChannelColumn known in task.KnownInputs)
            CheckChannels(KnownRole, known);
        foreach (ChannelColumn own in task.StaticInputs)
            CheckChannels(StaticRole, own);
        if (task.SeriesColumnName is { } series && host.Require(schema, SeriesRole, series) is var key && !KeyReader.Reads(key))
            throw host.Mismatch(SeriesRole, series, KeyReader.Expected, key.Type.ToString()!);
        if (task.TimeColumnName is { } time && host.Require(schema, TimeRole, time) is var clock && !TimeReader.Reads(clock.Type))
            throw host.Mismatch(TimeRole, time, TimeReader.Expected, clock.Type.ToString()!);
    }

    /// <summary>Checks a promised schema, whose vector sizes are not known yet.</summary>
    public void Check(SchemaShape schema, ForecastingOptions options)
    {
        void CheckType(string role, string name, Func<SchemaShape.Column, bool> fits, string expected)
        {
            if (host.Require(schema, role, name) is var column && !fits(column))
                throw host.Mismatch(role, name, expected, SchemaShapes.TypeOf(column));
        }

        bool Channels(SchemaShape.Column column) => !column.IsKey && ChannelReaders.Reads(column.ItemType)
            && column.Kind != SchemaShape.Column.VectorKind.VariableVector;
        bool Scalar(SchemaShape.Column column) => column.Kind == SchemaShape.Column.VectorKind.Scalar;
        foreach (string target in options.Targets)
            CheckType(TargetRole, target, Channels, ChannelReaders.Expected);
        foreach (string input in options.Inputs)
            CheckType(InputRole, input, Channels, ChannelReaders.Expected);
        bool Keys(SchemaShape.Column column) => Channels(column) || column.IsKey && Scalar(column) && KeyReader.Reads(column);
        foreach (string known in options.KnownInputs)
            CheckType(KnownRole, known, Keys, KeyExpected);
        foreach (string own in options.StaticColumns)
            CheckType(StaticRole, own, Keys, KeyExpected);
        if (options.SeriesColumnName is { } series)
            CheckType(SeriesRole, series, column => Scalar(column) && KeyReader.Reads(column), KeyReader.Expected);
        if (options.TimeColumnName is { } time)
            CheckType(TimeRole, time, column => Scalar(column) && !column.IsKey && TimeReader.Reads(column.ItemType), TimeReader.Expected);
    }
}
