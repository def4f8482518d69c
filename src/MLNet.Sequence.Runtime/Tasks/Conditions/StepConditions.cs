using System.Text.Json.Serialization;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>
/// What a next-step model knows of a sequence besides its steps, and never predicts: values that are the same at all steps (global
/// conditioning; van den Oord et al., arXiv 1609.03499, section 2.5), and frames at the rate of the steps or a lower one, each repeated for its
/// steps (local conditioning). A step is predicted with the frame of that step, not with the frame of the step before it.
/// </summary>
public sealed record StepConditions
{
    /// <summary>The column of a row's frames: a vector of [frames × <see cref="KnownSize"/>] numbers; null: there are none.</summary>
    public string? KnownColumnName { get; init; }

    /// <summary>Number of values in a frame; 0 without frames.</summary>
    public int KnownSize { get; init; }

    /// <summary>Number of steps of the sequence for which a frame holds; at least 1.</summary>
    public int StepsPerFrame { get; init; } = 1;

    /// <summary>The columns with one number or key for the whole row: columns of numbers first.</summary>
    public IReadOnlyList<ChannelColumn> Statics { get; init => field = ValueList.Of(value); } = ValueList.Create<ChannelColumn>();

    /// <summary>The columns, in words.</summary>
    [JsonIgnore]
    internal string Description => string.Join(", ", ColumnNames.Select(name => $"'{name}'"));

    /// <summary>The columns that are read.</summary>
    [JsonIgnore]
    internal IEnumerable<string> ColumnNames => [.. KnownColumnName is { } known ? [known] : Array.Empty<string>(), .. Statics.Select(column => column.Name)];

    /// <summary>Number of static channels, numbers and keys.</summary>
    [JsonIgnore]
    internal int StaticSize => Statics.Sum(column => column.Channels.Count);

    /// <summary>Number of channels that follow those of the steps in a row's data: those of frames, then static ones.</summary>
    [JsonIgnore]
    internal int Size => KnownSize + StaticSize;

    /// <summary>A name for each of these channels.</summary>
    [JsonIgnore]
    internal IEnumerable<string> ChannelNames =>
        [.. Enumerable.Range(0, KnownSize).Select(i => $"{KnownColumnName}[{i}]"), .. Statics.SelectMany(column => column.Channels)];

    /// <summary>The channels, the last ones, that hold indices of keys.</summary>
    [JsonIgnore]
    internal int KeyCount => Statics.Count(column => column.Keys is not null);

    /// <summary>Number of channels of the backbone's input that are conditions: vectors in the place of keys.</summary>
    [JsonIgnore]
    internal int Width => KnownSize + KeyVectors.Width(StaticSize, KeyVectors.Counts(Statics));

    /// <summary>Number of frames that these steps need at least.</summary>
    internal long FramesFor(long steps) => (steps + StepsPerFrame - 1) / StepsPerFrame;

    /// <summary>The frame with which the network reads a step: that of the step after it, which is predicted.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="frames">The number of frames; the last one holds for the step after the last.</param>
    internal int FrameOf(long step, int frames) => (int)Math.Min((step + 1) / StepsPerFrame, frames - 1);

    /// <summary>Takes the static channels, which are the same at each step, from those of the past.</summary>
    /// <param name="rows">[T, features + <see cref="Size"/>].</param>
    /// <param name="past">Filled: [T, features + <see cref="KnownSize"/>].</param>
    /// <param name="beside">Filled: [<see cref="StaticSize"/>].</param>
    internal static void Split(ReadOnlySpan<float> rows, Span<float> past, Span<float> beside)
    {
        int apart = beside.Length, steps = apart == 0 ? 1 : (rows.Length - past.Length) / apart, width = past.Length / steps;
        for (int step = 0; step < steps; step++)
            rows.Slice(step * (width + apart), width).CopyTo(past[(step * width)..]);
        rows[^apart..].CopyTo(beside);
    }

    /// <summary>The problem of conditions of a task that has none.</summary>
    internal static IEnumerable<string> Absent(SequenceInput input) =>
        input.Conditions is null ? [] : [$"Only next steps have {nameof(SequenceInput.Conditions)}; found {input.Conditions.Description}."];

    /// <summary>The problems of conditions that a file describes, one sentence each.</summary>
    internal IEnumerable<string> Problems()
    {
        if (KnownSize < 0 || KnownColumnName is null != (KnownSize == 0) || StepsPerFrame < 1)
            yield return $"Frames need a column, a {nameof(KnownSize)} and {nameof(StepsPerFrame)} of at least 1; found '{KnownColumnName}', {KnownSize} and "
                + $"{StepsPerFrame}.";
        if (KnownColumnName is null && Statics.Count == 0)
            yield return "Conditions need a column; found none.";
        foreach (string problem in ChannelColumn.Problems(Statics))
            yield return problem;
    }
}
