namespace MLNet.Sequence.Generation;

/// <summary>The conditions of a sequence that is fed step by step, standardised. Immutable.</summary>
internal sealed class StepTrack
{
    private readonly StepConditions _conditions;
    private readonly float[] _frames;

    /// <param name="input">An input with conditions.</param>
    /// <param name="scaling">The scaling of its rows.</param>
    /// <param name="values">Their values; null: not given.</param>
    /// <param name="steps">The steps of prompt and continuation.</param>
    /// <exception cref="ArgumentException">A value is missing or unknown, or there are too few frames.</exception>
    /// <exception cref="InvalidOperationException">Nothing is given.</exception>
    public StepTrack(SequenceInput input, ChannelScaling scaling, ConditionValues? values, long steps)
    {
        _conditions = input.Conditions!;
        if (values is null)
            throw new InvalidOperationException($"The model is conditioned on {_conditions.Description}: give their values, "
                + $"{nameof(ConditionValues)}, as {nameof(GenerationOptions)}.{nameof(GenerationOptions.Conditions)}, or to a student's "
                + $"{nameof(ParallelWaveNetModel.Generate)} as its argument.");
        int known = _conditions.KnownSize, first = input.Features, count = known == 0 ? 0 : values.Frames.Count / known;
        if (known == 0 ? values.Frames.Count > 0 : values.Frames.Count % known != 0 || count < _conditions.FramesFor(steps))
        {
            throw new ArgumentException($"{nameof(ConditionValues.Frames)} has {values.Frames.Count} values; expected "
                + (known == 0 ? "none, as in training." : $"at least {_conditions.FramesFor(steps)} frames of {known} values "
                    + $"('{_conditions.KnownColumnName}'), "
                    + $"one for {_conditions.StepsPerFrame} of the {steps} steps of prompt and continuation each."));
        }

        float Scaled(double value, int channel) => double.IsFinite(value) ? (float)scaling.Seen(value, channel)
            : throw new ArgumentException($"The conditions have a value that is missing or infinite: {value}.");
        _frames = [.. values.Frames.Select((value, i) => Scaled(value, first + i % known))];
        Static = [.. _conditions.Statics.SelectMany(column => Values(column, values)).Select((value, i) => Scaled(value, first + known + i))];
        MustBeKnown(values.Keys.Keys, column => column.Keys is not null);
        MustBeKnown(values.Numbers.Keys, column => column.Keys is null);
    }

    /// <summary>The values that are the same at all steps.</summary>
    public float[] Static { get; }

    /// <summary>The number of frames; 0 if the model has none.</summary>
    public int FrameCount => _conditions.KnownSize == 0 ? 0 : _frames.Length / _conditions.KnownSize;

    /// <summary>A frame; empty if the model has none.</summary>
    public ReadOnlySpan<float> Frame(int index) => _frames.AsSpan(index * _conditions.KnownSize, _conditions.KnownSize);

    /// <summary>The frame with which the network reads a step; 0 if the model has none.</summary>
    /// <param name="step">From 0; −1 is the one before the first.</param>
    public int FrameOf(long step) => Math.Max(0, _conditions.FrameOf(step, FrameCount));

    private static IEnumerable<double> Values(ChannelColumn column, ConditionValues values)
    {
        if (column.Keys is not { } keys)
        {
            return column.Channels.Select(channel => values.Numbers.TryGetValue(channel, out double number) ? number
                : throw new ArgumentException($"The conditions have no number '{channel}'; expected one for {string.Join(", ", column.Channels)}."));
        }

        if (!values.Keys.TryGetValue(column.Name, out string? key))
            throw new ArgumentException($"The conditions have no key '{column.Name}'; expected one of {Some(keys)}.");
        int place = keys.ToList().IndexOf(key);
        return place >= 0 ? [place] : throw new ArgumentException($"The key '{key}' of '{column.Name}' was not in training; expected one of {Some(keys)}.");
    }

    private void MustBeKnown(IEnumerable<string> names, Func<ChannelColumn, bool> isOf)
    {
        string[] known = [.. _conditions.Statics.Where(isOf).SelectMany(column => column.Channels)];
        foreach (string name in names.Except(known))
            throw new ArgumentException($"The model has no such condition '{name}'; its columns are {_conditions.Description}.");
    }

    private static string Some(IReadOnlyList<string> keys) =>
        string.Join(", ", keys.Take(10).Select(key => $"'{key}'")) + (keys.Count > 10 ? $", … ({keys.Count} in all)" : "");
}
