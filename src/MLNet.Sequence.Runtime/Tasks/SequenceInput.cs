using System.Text.Json.Serialization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence;

/// <summary>How missing values (NaN) in a sequence are handled.</summary>
public enum MissingValues
{
    /// <summary>It is an error that names row and column.</summary>
    Error,

    /// <summary>
    /// It is interpolated linearly between its neighbours in time, or takes the value of the nearest one if there are none on one side. A
    /// feature that has no value in a sequence takes its mean over the training rows.
    /// </summary>
    Interpolate,

    /// <summary>
    /// It takes the feature's mean over the training rows. For each feature, the network also sees whether it is missing: 1, or 0 (a mask
    /// channel). For values whose absence is informative. A forecaster reads the last known value instead of the mean, as with
    /// <see cref="Forward"/>, and has a mask for each target and each input.
    /// </summary>
    Mask,

    /// <summary>
    /// It takes the value before it, or that of the nearest later step if there is none before. Of forecasters only.
    /// </summary>
    Forward,

    /// <summary>It is 0, in the data's units: no row of sales means that nothing was sold. Of forecasters only.</summary>
    Zero,
}

/// <summary>How a sequence without steps is handled.</summary>
public enum EmptySequences
{
    /// <summary>It is an error that names the row.</summary>
    Error,

    /// <summary>Training leaves the row out; scoring gives it NaN, and no label.</summary>
    Skip,
}

/// <summary>The columns that hold a row's sequence, and how they are read.</summary>
public sealed record SequenceInput
{
    /// <summary>One column of vectors; or scalar columns, with the features of each step together, step by step.</summary>
    public required IReadOnlyList<string> Columns { get; init => field = ValueList.Of(value); }

    /// <summary>Whether the columns are scalars that together form the sequence; otherwise there is one column of vectors.</summary>
    public required bool Scalars { get; init; }

    /// <summary>Number of values per step; 1 if the steps are tokens.</summary>
    public required int Features { get; init; }

    /// <summary>The tokens of the steps; null if they are numbers.</summary>
    public TokenInput? Tokens { get; init; }

    /// <summary>How missing values (NaN) are handled. Default: an error.</summary>
    public MissingValues MissingValues { get; init; }

    /// <summary>How sequences without steps are handled. Default: an error.</summary>
    public EmptySequences EmptySequences { get; init; }

    /// <summary>
    /// Whether trailing missing values are cut off a sequence: steps whose features are all NaN, or, for tokens, missing keys and empty texts.
    /// </summary>
    public bool EndAtPadding { get; init; }

    /// <summary>What a next-step model knows of a sequence besides its steps; null, the default: nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StepConditions? Conditions { get; init; }

    /// <summary>Number of values of a step in a row's data: the features, and what is known besides them.</summary>
    [JsonIgnore]
    internal int RowSize => Features + (Conditions?.Size ?? 0);

    /// <summary>
    /// Number of channels of a step that a network sees: the features, and with <see cref="MissingValues.Mask"/> one mask for each.
    /// </summary>
    [JsonIgnore]
    public int Channels => HasMask ? 2 * Features : Features;

    /// <summary>A name for each feature of a step, for messages and files.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> FeatureNames
    {
        get
        {
            string sequence = Scalars ? $"{Columns[0]} … {Columns[^1]}" : Columns[0];
            return Features == 1 ? [sequence] : [.. Enumerable.Range(0, Features).Select(feature => $"{sequence}[feature {feature}]")];
        }
    }

    /// <summary>A name for each channel that the network sees: the features, then their masks.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> ChannelNames => HasMask ? [.. FeatureNames, .. FeatureNames.Select(name => $"mask of {name}")] : FeatureNames;

    /// <summary>What a step holds, in a few words.</summary>
    [JsonIgnore]
    internal string Description => Tokens is { } tokens
        ? $"{Columns[0]}; the indices of tokens, from 0 to {tokens.Count - 1}{(tokens.Unknown is { } unknown ? $"; all others are {unknown}" : "")}"
        : $"{string.Join(", ", FeatureNames)}; in the data's units";

    private bool HasMask => MissingValues == MissingValues.Mask;

    /// <summary>The problems of an input that a file describes, one sentence each.</summary>
    internal IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. Limits.AtLeast(1, Features, nameof(Features)),
            .. Limits.Defined(MissingValues, nameof(MissingValues)),
            .. MissingValues is MissingValues.Forward or MissingValues.Zero
                ? [$"{nameof(MissingValues)}.{MissingValues} is only for forecasters."] : Array.Empty<string>(),
            .. Limits.Defined(EmptySequences, nameof(EmptySequences)),
            .. Tokens?.Problems() ?? [],
            .. Conditions?.Problems() ?? [],
        ];
        foreach (string problem in problems)
            yield return problem;
        if (Columns.Count == 0)
            yield return $"{nameof(Columns)} must be at least one column; found none.";
        if (Conditions is not null && HasMask)
            yield return $"{nameof(MissingValues)}.{nameof(MissingValues.Mask)} has no meaning with {nameof(Conditions)}.";
        if (Tokens is not null && (Features != 1 || HasMask))
            yield return $"A token is one number; found {Features} {nameof(Features)} with {nameof(MissingValues)} {MissingValues}.";
    }

    /// <summary>How its values become the network's input.</summary>
    internal StepEncoding Encoding(ChannelScaling scaling) => new(scaling, HasMask);

    /// <summary>An architecture's layers on this input; for tokens, after an embedding.</summary>
    internal IEnumerable<NetworkNode> Read(Layer backbone) => Tokens is { } tokens
        ?
        [
            new NetworkNode(NetworkNode.Embedding, tokens.Lookup, [NetworkInput.Past]) { Path = "backbone.embedding" },
            new NetworkNode(NetworkNode.Backbone, backbone, [NetworkNode.Embedding]) { Path = "backbone.architecture" },
        ]
        : [new NetworkNode(NetworkNode.Backbone, backbone, [NetworkInput.Past])];
}
