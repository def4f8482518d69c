using System.Numerics.Tensors;
using Microsoft.ML;

namespace MLNet.Sequence.Columns;

/// <summary>Joins to the steps of a row what is known of them besides: to each step the frame of the step after it, then the static values.</summary>
internal sealed class ConditionRow
{
    private readonly DataViewRow _row;
    private readonly SequenceInput _input;
    private readonly StepConditions _conditions;
    private readonly VectorReader? _frames;
    private readonly (Action<Span<double>> Read, ChannelColumn Column)[] _statics;
    private double[] _joined = [];

    /// <param name="row">The row, or a cursor.</param>
    /// <param name="input">An input with conditions.</param>
    public ConditionRow(DataViewRow row, SequenceInput input)
    {
        (_row, _input, _conditions) = (row, input, input.Conditions!);
        _frames = _conditions.KnownColumnName is { } known ? ChannelReaders.CreateVector(row, row.Schema[known]) : null;
        _statics = [.. _conditions.Statics.Select(column => (
            column.Keys is { } keys ? ReadKey(column.Name, keys) : ChannelReaders.CreateDouble(row, row.Schema[column.Name]), column))];
    }

    /// <param name="steps">[T × features]; at least one step.</param>
    /// <param name="padded">The steps with those that pad the row; frames may be padded with them.</param>
    /// <returns>[T × <see cref="SequenceInput.RowSize"/>]; valid until the next call.</returns>
    /// <exception cref="InvalidOperationException">Frames do not fit the steps, or a value is missing; the message names row and column.</exception>
    public Span<double> Join(ReadOnlySpan<double> steps, int padded)
    {
        int features = _input.Features, count = steps.Length / features, width = _input.RowSize, known = _conditions.KnownSize;
        if (_joined.Length < count * width)
            _joined = new double[count * width];
        Span<double> frames = _frames is null ? [] : Frames(count, padded);
        Span<double> statics = _joined.AsSpan(features + known, _conditions.StaticSize);
        ReadStatics(statics);
        for (int step = 0; step < count; step++)
        {
            Span<double> row = _joined.AsSpan(step * width, width);
            steps.Slice(step * features, features).CopyTo(row);
            if (known > 0)
                frames.Slice(_conditions.FrameOf(step, frames.Length / known) * known, known).CopyTo(row[features..]);
            if (step > 0)
                statics.CopyTo(row[(features + known)..]);
        }

        return _joined.AsSpan(0, count * width);
    }

    private Span<double> Frames(int steps, int padded)
    {
        Span<double> frames = _frames!();
        int size = _conditions.KnownSize;
        long least = _conditions.FramesFor(steps), count = frames.Length / size;
        bool Fits(int length) => count - _conditions.FramesFor(length) is 0 or 1;
        if (frames.Length % size != 0 || !Fits(steps) && !Fits(padded))
        {
            throw new InvalidOperationException($"The known input '{_conditions.KnownColumnName}' has {frames.Length} values in row {_row.Position + 1}, whose "
                + $"sequence has {steps} steps; expected {least} or {least + 1} frames of {size} values, one for {_conditions.StepsPerFrame} steps each.");
        }

        // The frame after the last step is read; those of padding are not.
        frames = frames[..(int)(Math.Min(count, least + 1) * size)];
        for (int i = 0; i < frames.Length; i++)
        {
            if (!double.IsFinite(frames[i]))
                throw new InvalidOperationException($"The value of column '{_conditions.KnownColumnName}' is {Name(frames[i])} in row {_row.Position + 1} at "
                    + $"frame {i / size + 1}. Fill it, or leave the row out.");
        }

        return frames;
    }

    private void ReadStatics(Span<double> values)
    {
        foreach ((Action<Span<double>> read, ChannelColumn column) in _statics)
        {
            Span<double> own = values[..column.Channels.Count];
            read(own);
            if (!TensorPrimitives.IsFiniteAll<double>(own))
                throw new InvalidOperationException($"The value of column '{column.Name}' is missing or infinite in row {_row.Position + 1}. Fill it, or "
                    + "leave the row out.");
            values = values[own.Length..];
        }
    }

    private Action<Span<double>> ReadKey(string name, IReadOnlyList<string> keys)
    {
        Dictionary<string, int> places = keys.Index().ToDictionary(key => key.Item, key => key.Index, StringComparer.Ordinal);
        Func<string> read = KeyReader.Create(_row, _row.Schema[name]);
        return values =>
        {
            string key = read();
            if (!places.TryGetValue(key, out int place))
                throw new InvalidOperationException($"The key of column '{name}' is '{key}' in row {_row.Position + 1}; expected one of the {keys.Count} keys "
                    + "of training. Leave the row out.");
            values[0] = place;
        };
    }

    private static string Name(double value) => double.IsNaN(value) ? "missing (NaN)" : "infinite";
}
