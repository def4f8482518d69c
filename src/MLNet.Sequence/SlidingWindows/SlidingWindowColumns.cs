using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.SlidingWindows;

/// <summary>Binds the columns of sliding windows to a schema: at fit, at transform, and for future schemas.</summary>
internal sealed class SlidingWindowColumns(SequenceHost host)
{
    private const string Role = "window", LabelRole = "label", SeriesRole = "series", TimeRole = "time";
    private const string ExpectedLabel = "Single, Double, an integer type or Boolean";

    private readonly ChannelColumns _channels = new(host);

    /// <summary>Checks a promised schema, whose vector sizes are not known yet, and returns it with the added columns.</summary>
    public SchemaShape.Column[] Promise(SchemaShape schema, SlidingWindowOptions options)
    {
        foreach (string name in options.Columns)
            CheckType(schema, (Role, name), IsNumbers, ChannelReaders.Expected);
        if (options.LabelColumnName is { } label)
            CheckType(schema, (LabelRole, label), column => IsScalar(column) && IsNumbers(column), ExpectedLabel);
        CheckKeys(schema, options);
        SchemaShape.Column window = SchemaShapes.Vector(options.WindowColumnName, NumberDataViewType.Single, SchemaShapes.SlotNames());
        return options.LabelColumnName is null ? [window] : [window, SchemaShapes.Scalar(options.OutputLabelColumnName, NumberDataViewType.Single)];
    }

    /// <summary>The options on this schema.</summary>
    public BoundWindow Bind(DataViewSchema schema, SlidingWindowOptions options)
    {
        Promise(SchemaShapes.Of(schema), options);
        var bound = new BoundWindow(options, [.. options.Columns.Select(name => _channels.Of(schema, Role, name))]);
        return (long)bound.Channels * options.Context <= Array.MaxLength
            ? bound
            : throw host.Mismatch(Role, options.Columns[0], $"at most {Array.MaxLength} values in a window",
                $"{options.Context} steps of {bound.Channels} values");
    }

    /// <summary>The schema of rows to be transformed with the columns added. If the label column is missing, labels stay unknown.</summary>
    public DataViewSchema Outputs(DataViewSchema schema, BoundWindow bound)
    {
        SlidingWindowOptions options = bound.Options;
        foreach (ChannelColumn expected in bound.Columns)
        {
            int found = _channels.Of(schema, Role, expected.Name).Channels.Count;
            if (found != expected.Channels.Count)
                throw host.Mismatch(Role, expected.Name, $"{expected.Channels.Count} values per row, as when it was fitted", $"{found}");
        }

        bool labelled = options.LabelColumnName is { } label && schema.GetColumnOrNull(label) is not null;
        Promise(SchemaShapes.Of(schema), labelled ? options : options with { LabelColumnName = null });
        var slots = new DataViewSchema.Annotations.Builder();
        KeyValues.AddSlotNames(slots, [.. bound.SlotNames]);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(schema);
        builder.AddColumn(options.WindowColumnName, new VectorDataViewType(NumberDataViewType.Single, options.Context, bound.Channels), slots.ToAnnotations());
        if (options.LabelColumnName is not null)
            builder.AddColumn(options.OutputLabelColumnName, NumberDataViewType.Single);
        return builder.ToSchema();
    }

    private void CheckKeys(SchemaShape schema, SlidingWindowOptions options)
    {
        if (options.SeriesColumnName is { } series)
            CheckType(schema, (SeriesRole, series), column => IsScalar(column) && KeyReader.Reads(column), KeyReader.Expected);
        if (options.TimeColumnName is { } time)
            CheckType(schema, (TimeRole, time), column => IsScalar(column) && !column.IsKey && TimeReader.Reads(column.ItemType), TimeReader.Expected);
    }

    private void CheckType(SchemaShape schema, (string Role, string Name) place, Func<SchemaShape.Column, bool> fits, string expected)
    {
        if (host.Require(schema, place.Role, place.Name) is var column && !fits(column))
            throw host.Mismatch(place.Role, place.Name, expected, SchemaShapes.TypeOf(column));
    }

    private static bool IsNumbers(SchemaShape.Column column) => !column.IsKey && ChannelReaders.Reads(column.ItemType)
        && column.Kind != SchemaShape.Column.VectorKind.VariableVector;

    private static bool IsScalar(SchemaShape.Column column) => column.Kind == SchemaShape.Column.VectorKind.Scalar;
}
