using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>Binds the columns of what is known of a sequence besides its steps.</summary>
internal sealed class ConditionColumns(SequenceHost host)
{
    private const string KnownRole = "known input", StaticRole = "static";
    private const string KnownExpected = "a vector of Single, Double, an integer type or Boolean";

    private readonly ChannelColumns _channels = new(host);

    /// <summary>Checks a promised schema, whose vector sizes are not known yet.</summary>
    public void Check(SchemaShape schema, ConditionSource columns)
    {
        if (columns.Known is { } known)
            CheckKnown(schema, known);
        foreach (string name in columns.Statics)
        {
            SchemaShape.Column column = host.Require(schema, StaticRole, name);
            bool numbers = !column.IsKey && ChannelReaders.Reads(column.ItemType), keys = column.IsKey && KeyReader.Reads(column);
            if (column.Kind is SchemaShape.Column.VectorKind.VariableVector || !numbers && !keys)
                throw host.Mismatch(StaticRole, name, ChannelColumns.KeyExpected, SchemaShapes.TypeOf(column));
        }
    }

    /// <summary>The conditions that these columns of the schema give; null: none.</summary>
    public StepConditions? Bind(DataViewSchema schema, ConditionSource? columns)
    {
        if (columns is null || columns.Names.Count == 0)
            return null;
        Check(SchemaShapes.Of(schema), columns);
        int? last = columns.Known is { } name && schema[name].Type is VectorDataViewType { Dimensions: [_, > 0 and var size] } ? size : null;
        if (last is not null && columns.Features is { } asked && asked != last)
            throw host.Mismatch(KnownRole, columns.Known!, $"KnownFeatures = {asked} values per frame", schema[columns.Known!].Type.ToString()!);
        return new StepConditions
        {
            KnownColumnName = columns.Known,
            KnownSize = columns.Known is null ? 0 : columns.Features ?? last ?? 1,
            StepsPerFrame = columns.StepsPerFrame,
            Statics = _channels.OfKeys(schema, StaticRole, columns.Statics),
        };
    }

    /// <summary>Checks that a schema has the columns of a fitted model.</summary>
    public void Check(DataViewSchema schema, StepConditions conditions)
    {
        if (conditions.KnownColumnName is { } known)
        {
            CheckKnown(SchemaShapes.Of(schema), known);
            if (schema[known].Type is VectorDataViewType { Dimensions: [_, > 0 and var size] } && size != conditions.KnownSize)
                throw host.Mismatch(KnownRole, known, $"{conditions.KnownSize} values per frame, as in training", schema[known].Type.ToString()!);
        }

        foreach (ChannelColumn expected in conditions.Statics)
        {
            ChannelColumn column = _channels.OfKey(schema, StaticRole, expected.Name);
            if (expected.Keys is null != column.Keys is null)
                throw host.Mismatch(StaticRole, expected.Name, expected.Keys is null ? "a number, as in training" : "a key, as in training",
                    schema[expected.Name].Type.ToString()!);
            if (column.Channels.Count != expected.Channels.Count)
                throw host.Mismatch(StaticRole, expected.Name, $"{expected.Channels.Count} values per row, as in training", $"{column.Channels.Count}");
        }
    }

    private void CheckKnown(SchemaShape schema, string name)
    {
        SchemaShape.Column column = host.Require(schema, KnownRole, name);
        if (column.Kind == SchemaShape.Column.VectorKind.Scalar || column.IsKey || !ChannelReaders.Reads(column.ItemType))
            throw host.Mismatch(KnownRole, name, KnownExpected, SchemaShapes.TypeOf(column));
    }
}
