using System.Text.Json.Serialization;

namespace MLNet.Sequence;

/// <summary>
/// The columns of the windows, their number of steps, and their labels. A row of the data is a time step.
/// </summary>
public sealed record SlidingWindowOptions
{
    /// <summary>
    /// The columns of the windows: Single, Double, integer or Boolean, or vectors of them of known size.
    /// </summary>
    public required IReadOnlyList<string> Columns { get; init => field = ValueList.Of(value); }

    /// <summary>The number of steps in a window, the last one being the row's own; at least 1. Default 96.</summary>
    public int Context { get; init; } = 96;

    /// <summary>The number of steps from one kept row of a series to the next; at least 1. Default 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>
    /// A scalar column of numbers: its value <see cref="Horizon"/> steps after the row becomes the row's label. It may be
    /// one of <see cref="Columns"/>. Rows whose label is not in the data yet are left out: to score the newest rows, make
    /// windows without a label. Null, the default: rows get no label, and no row is dropped for a missing label.
    /// </summary>
    [JsonPropertyName("labelColumn")]
    public string? LabelColumnName { get; init; }

    /// <summary>The number of steps from the row to its label; 0, the row itself, or more. Default 1.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>The column (text, key or integer) that identifies the series; rows may interleave. Null, the default: one series.</summary>
    [JsonPropertyName("seriesColumn")]
    public string? SeriesColumnName { get; init; }

    /// <summary>
    /// A column (date, number or text) that must ascend within each series; other rows are an error. Null, the default: rows are
    /// steps in their given order, even if they are unsorted, newest first, or several series one after the other.
    /// </summary>
    [JsonPropertyName("timeColumn")]
    public string? TimeColumnName { get; init; }

    /// <summary>
    /// The name of the column of windows, Vector&lt;Single&gt; of [context, channels]: step by step the values of all
    /// columns, the oldest step first. Default "Features".
    /// </summary>
    [JsonPropertyName("windowColumn")]
    public string WindowColumnName { get; init; } = "Features";

    /// <summary>
    /// The name of the column of labels, Single. Default "Label". A warning appears once if Single is too coarse for the level of a column or label.
    /// </summary>
    [JsonPropertyName("outputLabelColumn")]
    public string OutputLabelColumnName { get; init; } = "Label";

    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate()
    {
        var problems = new Problems();
        problems.Need(Columns is { Count: > 0 }, $"Columns must name at least one column.");
        problems.Need(!(Columns ?? []).Any(string.IsNullOrEmpty), $"A name in Columns is empty.");
        foreach (var group in (Columns ?? []).GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            problems.Need(false, $"The column '{group.Key}' is named {group.Count()} times in Columns.");
        problems.Need(Context >= 1, $"Context must be at least 1; found {Context}.");
        problems.Need(Stride >= 1, $"Stride must be at least 1; found {Stride}.");
        problems.Need(Horizon >= 0, $"Horizon must be 0 or more; found {Horizon}.");
        problems.Need(!string.IsNullOrEmpty(WindowColumnName) && !string.IsNullOrEmpty(OutputLabelColumnName) && WindowColumnName != OutputLabelColumnName,
            $"WindowColumnName and OutputLabelColumnName must be two names; found '{WindowColumnName}' and '{OutputLabelColumnName}'.");
        problems.ThrowIfAny("The sliding window's options are wrong.");
    }
}

/// <summary>The options, bound to a schema. This is saved.</summary>
/// <param name="Options">The options.</param>
/// <param name="Columns">The number of channels of each column.</param>
internal sealed record BoundWindow(SlidingWindowOptions Options, IReadOnlyList<ChannelColumn> Columns)
{
    /// <summary>The number of values in a step.</summary>
    [JsonIgnore]
    public int Channels => Columns.Sum(column => column.Channels.Count);

    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="FormatException">The columns are not those of the options, or a window of them would be too large.</exception>
    public void MustBeSound()
    {
        Options.Validate();
        if (!Options.Columns.SequenceEqual(Columns.Select(column => column?.Name)))
            throw new FormatException($"its columns are {string.Join(", ", Columns)}; expected {string.Join(", ", Options.Columns)}.");
        if (Channels < 1 || (long)Channels * Options.Context > Array.MaxLength)
            throw new FormatException($"{Options.Context} steps of {Channels} channels are not a window.");
    }

    /// <summary>A name for each value of a window: "OT" is the row's own step, "OT-2" two steps before it.</summary>
    [JsonIgnore]
    public IEnumerable<string> SlotNames =>
        from step in Enumerable.Range(0, Options.Context)
        let back = Options.Context - 1 - step
        from channel in Columns.SelectMany(column => column.Channels)
        select back == 0 ? channel : FormattableString.Invariant($"{channel}-{back}");
}

/// <summary>Reads and writes bound options without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true)]
[JsonSerializable(typeof(BoundWindow))]
internal sealed partial class WindowJson : JsonSerializerContext;
