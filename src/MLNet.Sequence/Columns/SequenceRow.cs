using Microsoft.ML;
using MLNet.Sequence.Data;

namespace MLNet.Sequence.Columns;

/// <summary>The sequence at a row, in the data's units.</summary>
internal sealed class SequenceRow
{
    private readonly DataViewRow _row;
    private readonly SequenceInput _input;
    private readonly bool _onlyBits;
    private readonly VectorReader _read;
    private readonly TokenReader? _tokens;
    private readonly ConditionRow? _conditions;
    private int _end;

    /// <param name="row">The row, or a cursor.</param>
    /// <param name="input">The columns of its sequence.</param>
    /// <param name="onlyBits">Whether the values must be 0 or 1.</param>
    public SequenceRow(DataViewRow row, SequenceInput input, bool onlyBits = false)
    {
        (_row, _input, _onlyBits) = (row, input, onlyBits);
        _tokens = input.Tokens is null or { Tokenizer: not null } ? null : new TokenReader(row.Schema, input);
        _conditions = input.Conditions is null ? null : new ConditionRow(row, input);
        _read = input.Scalars ? Together(row, input)
            : input.Tokens?.Tokenizer is { } tokenizer ? TextTokens.Reader(row, row.Schema[input.Columns[0]], tokenizer)
            : ChannelReaders.CreateVector(row, row.Schema[input.Columns[0]]);
    }

    /// <summary>The columns of the input in a schema.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema, SequenceInput input) =>
        input.Columns.Concat(input.Conditions?.ColumnNames ?? []).Select(name => schema[name]);

    /// <summary>Whether the last read sequence ends in a missing step, as padding does.</summary>
    public bool EndsMissing { get; private set; }

    /// <summary>
    /// The features of each step, step by step, or the indices of tokens, each followed by its conditions; valid until the next call. Empty if the
    /// row has no steps and this is allowed. NaN only in features that have no value in the row, and if missing values are masked.
    /// </summary>
    /// <exception cref="InvalidOperationException">The row is not a sequence; the message names it.</exception>
    public ReadOnlySpan<double> Read()
    {
        Span<double> values = _read();
        if (values.Length % _input.Features != 0)
        {
            throw new InvalidOperationException(
                $"The sequence column '{_input.Columns[0]}' has {values.Length} values in row {_row.Position + 1}: not a multiple of Features = "
                    + $"{_input.Features}.");
        }

        int length = values.Length;
        _end = _tokens?.LengthWithoutPadding(values) ?? SequenceGaps.LengthWithoutPadding(values, _input.Features);
        if (_input.EndAtPadding)
            values = values[.._end];
        int padded = length / _input.Features;
        EndsMissing = _end < values.Length;
        if (values.IsEmpty && _input.EmptySequences == EmptySequences.Error)
        {
            throw new InvalidOperationException(
                $"The sequence column '{_input.Columns[0]}' has no steps in row {_row.Position + 1}. Leave the row out, or set EmptySequences = "
                    + "EmptySequences.Skip.");
        }

        if (_tokens?.Replace(values) is >= 0 and var step)
            throw NoToken(step, values[step]);
        if (_tokens is null)
            Check(values);
        return _conditions is null || values.IsEmpty ? values : _conditions.Join(values, padded);
    }

    private void Check(Span<double> values)
    {
        bool missing = false;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsFinite(values[i]))
            {
                if (_onlyBits && values[i] is not (0 or 1))
                    throw NoBit(i, values[i]);
                continue;
            }

            missing = true;
            if (double.IsInfinity(values[i]) || _input.MissingValues == MissingValues.Error)
                throw NotFinite(i, values[i]);
        }

        if (missing && _input.MissingValues == MissingValues.Interpolate)
            SequenceGaps.Interpolate(values, _input.Features);
    }

    private InvalidOperationException NotFinite(int index, double value)
    {
        (string column, string place) = Place(index);
        return new InvalidOperationException(double.IsNaN(value)
            ? $"The value of column '{column}' is missing (NaN) in row {_row.Position + 1}{place}{Padding(index)} Fill it, leave the row out, or set "
                + "MissingValues = MissingValues.Interpolate or Mask."
            : $"The value of column '{column}' is infinite in row {_row.Position + 1}{place}.");
    }

    private InvalidOperationException NoToken(int index, double token)
    {
        (string column, string place) = Place(index);
        return new InvalidOperationException(
            $"The token of column '{column}' is {_tokens!.Describe(token)} in row {_row.Position + 1}{place}: it is not one of the {_input.Tokens!.Count} "
            + $"known tokens, and there is no unknown token{Padding(index)} Leave the row out, or set Tokens.UnknownToken before training.");
    }

    private InvalidOperationException NoBit(int index, double value)
    {
        (string column, string place) = Place(index);
        return new InvalidOperationException(FormattableString.Invariant(
            $"The value of column '{column}' is {value} in row {_row.Position + 1}{place}: steps of the kind MultiLabel hold only 0 and 1."));
    }

    // For a value that is missing together with all later ones.
    private string Padding(int index) => index >= _end
        ? ", like all values after it: if they pad rows to one length, set EndAtPadding = true."
        : ".";

    private (string Column, string Place) Place(int index) => _input.Scalars
        ? (_input.Columns[index], "")
        : (_input.Columns[0], $" at step {index / _input.Features + 1}{(_input.Features == 1 ? "" : $", feature {index % _input.Features}")}");

    private static VectorReader Together(DataViewRow row, SequenceInput input)
    {
        Action<Span<double>>[] readers = [.. Columns(row.Schema, input).Select(column => ChannelReaders.CreateDouble(row, column))];
        var values = new double[readers.Length];
        return () =>
        {
            for (int i = 0; i < readers.Length; i++)
                readers[i](values.AsSpan(i, 1));
            return values;
        };
    }
}
