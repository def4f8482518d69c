using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>Binds the columns that hold sequences to a schema: at fit, at transform, and for future schemas.</summary>
internal sealed class SequenceBinding(SequenceHost host)
{
    private const string WeightRole = "example weight", SamplingRole = "sampling key";
    private const string Item = "Single, Double, an integer type or Boolean";

    /// <summary>The role of the column, for messages. Default "sequence".</summary>
    public string Role { get; init; } = "sequence";

    /// <summary>Whether the steps must be tokens, or must not; null: either.</summary>
    public bool? OfTokens { get; init; }

    /// <summary>Checks a promised schema, whose vector sizes are not known yet.</summary>
    public void Check(SchemaShape schema, SequenceSource columns)
    {
        foreach (string name in columns.Scalars)
            CheckSteps(schema, name, scalar: true, columns.Tokens);
        if (columns.Scalars.Count == 0)
            CheckSteps(schema, columns.FeatureColumnName, scalar: false, columns.Tokens);
        if (columns.ExampleWeightColumnName is { } weight)
            CheckItem(schema, WeightRole, weight, scalar: true);
        CheckSamplingKey(schema, columns.SamplingKeyColumnName);
        if (columns.Conditions is { } conditions)
            new ConditionColumns(host).Check(schema, conditions);
    }

    /// <summary>Checks the column that groups rows, if there is one.</summary>
    public void CheckSamplingKey(SchemaShape schema, string? name)
    {
        if (name is null)
            return;
        SchemaShape.Column column = host.Require(schema, SamplingRole, name);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || !KeyReader.Reads(column))
            throw host.Mismatch(SamplingRole, name, KeyReader.Expected, SchemaShapes.TypeOf(column));
    }

    /// <summary>The columns of this schema that the sequences are read from.</summary>
    public SequenceInput Bind(DataViewSchema schema, SequenceSource columns)
    {
        Check(SchemaShapes.Of(schema), columns);
        bool scalars = columns.Scalars.Count > 0;
        int features = columns.Features ?? 1;
        if (!scalars && columns.Tokens?.Tokenizer is null)
        {
            // [T, F], or a flat vector; T is 0 if it differs from row to row.
            var type = (VectorDataViewType)schema[columns.FeatureColumnName].Type;
            int? last = type.Dimensions.Length == 2 && type.Dimensions[1] > 0 ? type.Dimensions[1] : null;
            features = columns.Features ?? last ?? 1;
            if (last is not null && last != features)
                throw host.Mismatch(Role, columns.FeatureColumnName, $"Features = {features} values per step", type.ToString()!);
        }

        TokenInput? tokens = Tokens(schema, columns);
        if (tokens is not null && features != 1)
            throw host.Mismatch(Role, columns.FeatureColumnName, "one token per step", $"{features} values per step");
        var input = new SequenceInput
        {
            Columns = scalars ? [.. columns.Scalars] : [columns.FeatureColumnName],
            Scalars = scalars,
            Features = features,
            Tokens = tokens,
            EndAtPadding = columns.EndAtPadding,
            MissingValues = columns.MissingValues,
            EmptySequences = columns.EmptySequences,
            Conditions = new ConditionColumns(host).Bind(schema, columns.Conditions),
        };
        CheckSize(schema, input);
        return input;
    }

    /// <summary>Checks that a schema has the columns of a task, in their types and in sizes that fit its features.</summary>
    public void Check(DataViewSchema schema, SequenceInput input)
    {
        SchemaShape shape = SchemaShapes.Of(schema);
        foreach (string name in input.Columns)
        {
            if (input.Tokens?.Tokenizer is not null)
                CheckText(shape, name);
            else if (input.Tokens is { } tokens)
                CheckTokens(shape, name, input.Scalars, tokens.Keys);
            else
                CheckItem(shape, Role, name, input.Scalars);
        }

        if (input.Tokens is { Keys: true } known)
            TokenBinding.Check(host, Role, schema[input.Columns[0]], known);
        if (input.Conditions is { } conditions)
            new ConditionColumns(host).Check(schema, conditions);
        CheckSize(schema, input);
    }

    private TokenInput? Tokens(DataViewSchema schema, SequenceSource columns)
    {
        DataViewSchema.Column column = schema[columns.Scalars.Count == 0 ? columns.FeatureColumnName : columns.Scalars[0]];
        bool keys = column.Type is VectorDataViewType { ItemType: KeyDataViewType };
        return keys || columns.Tokens is not null ? TokenBinding.Bind(host, Role, column, columns.Tokens ?? new TokenOptions()) : null;
    }

    // Keys are always tokens; integers are tokens if a vocabulary is given.
    private void CheckSteps(SchemaShape schema, string name, bool scalar, TokenOptions? tokens)
    {
        if (tokens?.Tokenizer is not null)
            CheckText(schema, name);
        else if (OfTokens == true || tokens is not null || OfTokens is null && !scalar && host.Require(schema, Role, name).IsKey)
            CheckTokens(schema, name, scalar, keys: tokens?.Vocabulary is null);
        else
            CheckItem(schema, Role, name, scalar);
    }

    private void CheckTokens(SchemaShape schema, string name, bool scalar, bool keys)
    {
        SchemaShape.Column column = host.Require(schema, Role, name);
        bool isScalar = column.Kind == SchemaShape.Column.VectorKind.Scalar;
        if (isScalar != scalar || !TokenBinding.Reads(column, keys))
            throw host.Mismatch(Role, name, Expected(TokenBinding.Expected(keys), scalar), SchemaShapes.TypeOf(column));
    }

    private void CheckText(SchemaShape schema, string name)
    {
        SchemaShape.Column column = host.Require(schema, Role, name);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.IsKey || column.ItemType is not TextDataViewType)
            throw host.Mismatch(Role, name, TextTokens.Expected, SchemaShapes.TypeOf(column));
    }

    private void CheckItem(SchemaShape schema, string role, string name, bool scalar)
    {
        SchemaShape.Column column = host.Require(schema, role, name);
        bool isScalar = column.Kind == SchemaShape.Column.VectorKind.Scalar;
        if (isScalar != scalar || column.IsKey || !ChannelReaders.Reads(column.ItemType))
            throw host.Mismatch(role, name, Expected(Item, scalar), SchemaShapes.TypeOf(column));
    }

    private static string Expected(string item, bool scalar) => scalar ? item : "a vector of " + item;

    private void CheckSize(DataViewSchema schema, SequenceInput input)
    {
        if (!input.Scalars && schema[input.Columns[0]].Type is VectorDataViewType { IsKnownSize: true } type && type.Size % input.Features != 0)
            throw host.Mismatch(Role, input.Columns[0], $"a vector whose size is a multiple of Features = {input.Features}", type.ToString()!);
    }
}
