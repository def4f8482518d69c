using System.Text.Json.Serialization;

namespace MLNet.Sequence;

/// <summary>
/// Which columns windows are made of, over how many steps, and what they are labelled with. A row of the data is a time step.
/// </summary>
public sealed record SlidingWindowOptions
{
    /// <summary>
    /// The columns that windows are made of: Single, Double, integer or Boolean, or vectors of them of known size.
    /// </summary>
    public required IReadOnlyList<string> Columns { get; init => field = ValueList.Of(value); }

    /// <summary>Steps of a window, the row's own the last; at least 1. Default 96.</summary>
    public int Context { get; init; } = 96;

    /// <summary>Steps from one row that stays to the next of its series; at least 1. Default 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>
    /// A scalar column of numbers: its value <see cref="Horizon"/> steps after the row becomes the row's label. It may be
    /// one of <see cref="Columns"/>. Rows whose label the data does not have yet are left out: to score the newest rows, cut
    /// them without a label. Null, the default: rows get no label, and none is left out for want of one.
    /// </summary>
    [JsonPropertyName("labelColumn")]
    public string? LabelColumnName { get; init; }

    /// <summary>How many steps after the row its label is; 0, the row itself, or more. Default 1.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>The column (text, key or integer) that tells series apart; rows may interleave. Null, the default: one series.</summary>
    [JsonPropertyName("seriesColumn")]
    public string? SeriesColumnName { get; init; }

    /// <summary>
    /// A column (date, number or text) that must ascend within each series; rows that do not are an error. Null, the default: rows are
    /// steps in the order in which they come, be they unsorted, the newest first, or several series one after the other.
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
    /// The name of the column of labels, Single. Default "Label". Where Single is too coarse for the level of a column or label, it is said once.
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

/// <summary>The options, bound to a schema: what is saved.</summary>
/// <param name="Options">The options.</param>
/// <param name="Columns">The channels of each of their columns.</param>
internal sealed record BoundWindow(SlidingWindowOptions Options, IReadOnlyList<ChannelColumn> Columns)
{
    /// <summary>Values of a step.</summary>
    [JsonIgnore]
    public int Channels => Columns.Sum(column => column.Channels.Count);

    /// <exception cref="ArgumentException">The options are not possible.</exception>
    /// <exception cref="FormatException">The columns are not those of the options, or a window of them would be too large.</exception>
    public void MustBeSound()
    {
        Options.Validate();
        if (!Options.Columns.SequenceEqual(Columns.Select(column => column?.Name)))
            throw new FormatException($"its columns are {string.Join(", ", Columns)}; expected {string.Join(", ", Options.Columns)}.");
        if (Channels < 1 || (long)Channels * Options.Context > Array.MaxLength)
            throw new FormatException($"{Options.Context} steps of {Channels} channels are no window.");
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
