using System.Text.Json.Serialization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Tasks;

/// <summary>A column and the channels that it gives: one for a scalar, one per slot for a vector.</summary>
/// <param name="Name">The name that the column has in the data.</param>
/// <param name="Channels">A name for each channel that the column gives, in their order.</param>
public sealed record ChannelColumn(string Name, IReadOnlyList<string> Channels)
{
    /// <summary>A name for each channel that the column gives, in their order.</summary>
    public IReadOnlyList<string> Channels { get; init => field = ValueList.Of(value); } = ValueList.Of(Channels);
}

/// <summary>
/// Direct multi-step forecasting: from the last <see cref="Context"/> steps of a series, all <see cref="Horizon"/> steps
/// of the targets at once, read off the backbone's last step. With <see cref="CarriesState"/> from all steps of the series so far.
/// </summary>
public sealed record Forecasting : SequenceTask
{
    // Channels by which trees can be asked of what does not depend on their number.
    private const int Divisible = 5040;

    /// <summary>The columns that are predicted. Their channels are the first of the input.</summary>
    public required IReadOnlyList<ChannelColumn> Targets { get; init => field = ValueList.Of(value); }

    /// <summary>Further columns that the model sees in its context, but does not predict.</summary>
    public IReadOnlyList<ChannelColumn> Inputs { get; init => field = ValueList.Of(value ?? []); } = ValueList.Create<ChannelColumn>();

    /// <summary>The column that tells series apart; null: all rows are one series.</summary>
    public string? SeriesColumn { get; init; }

    /// <summary>The column that must ascend within a series; null: rows are taken in the order in which they come.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>The name of the column that forecasts are written to. Default "Forecast".</summary>
    public string ForecastColumn { get; init; } = "Forecast";

    /// <summary>The name of the column that what came to be is written to. Default "Actual".</summary>
    public string ActualColumn { get; init; } = "Actual";

    /// <summary>Steps that the model sees; where it carries its state, those before its first forecast, itself among them.</summary>
    public required int Context { get; init; }

    /// <summary>Steps after the context that are predicted together; at least 1.</summary>
    public required int Horizon { get; init; }

    /// <summary>
    /// Whether each series is read from its first step on: the recurrent state goes on for as long as the series does, and a forecast
    /// follows from all steps so far, from the <see cref="Context"/>-th on. False, the default, as in files of older versions: from the last
    /// <see cref="Context"/> steps alone.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CarriesState { get; init; }

    /// <summary>How each window is brought to a common level and scale.</summary>
    public WindowNormalization Normalization { get; init; } = WindowNormalization.MeanAndDeviation;

    /// <summary>
    /// Inputs, by their place among <see cref="Channels"/>, that have one value within most windows of training, as the size of a shop
    /// or a price: their level is what they say. They are scaled over all series, and keep their level in a normalised window. Null:
    /// none, as in files of older versions.
    /// </summary>
    public IReadOnlyList<int>? SteadyInputs { get; init => field = ValueList.Of(value); }

    /// <summary>The names of the channels that are predicted, as the forecast's targets.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> TargetChannels => [.. Targets.SelectMany(column => column.Channels)];

    /// <summary>The names of all channels that the model reads, targets first.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Channels => [.. Targets.Concat(Inputs).SelectMany(column => column.Channels)];

    // By position, which allocates nothing: a stream asks at each step.
    private int TargetCount
    {
        get
        {
            int count = 0;
            for (int i = 0; i < Targets.Count; i++)
                count += Targets[i].Channels.Count;
            return count;
        }
    }

    /// <inheritdoc/>
    public override int InputSize => Targets.Concat(Inputs).Sum(column => column.Channels.Count);

    /// <inheritdoc/>
    public override int ContextLength => Context;

    /// <inheritdoc/>
    internal override void Decode(Span<float> output, ChannelScaling scaling) => scaling.Undo(output, TargetCount);

    internal override IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. Limits.AtLeast(1, Context, nameof(Context)),
            .. Limits.AtLeast(1, Horizon, nameof(Horizon)),
            .. Limits.Defined(Normalization, nameof(Normalization)),
            .. Limits.Name(ForecastColumn, nameof(ForecastColumn)),
            .. Limits.Name(ActualColumn, nameof(ActualColumn)),
        ];
        foreach (string problem in problems)
            yield return problem;
        if (CarriesState && Normalization != WindowNormalization.None)
            yield return $"{nameof(Normalization)} must be None where {nameof(CarriesState)} is set; found {Normalization}.";
        if (Targets.Count == 0 || Targets.Concat(Inputs).Any(column => column.Channels.Count == 0))
            yield return $"{nameof(Targets)} must be at least one column, and each column have a channel; found {string.Join(", ", Targets.Concat(Inputs))}.";
        if ((long)Horizon * TargetCount > int.MaxValue || (long)Context * InputSize > int.MaxValue)
            yield return $"{nameof(Context)} and {nameof(Horizon)} must leave windows and forecasts below 2^31 values; found {Context} and {Horizon}.";
    }

    /// <inheritdoc/>
    internal override void Decode(Span<float> output, Span<double> values, ChannelScaling scaling) => scaling.Undo(output, values, TargetCount);

    /// <summary>
    /// The scaling of a window: that of its series, or, where the series was not in training, its own. Where the state is carried, the
    /// window is the first context of the series.
    /// </summary>
    /// <param name="fitted">Of the series in training.</param>
    /// <param name="series">The series; null: none.</param>
    /// <param name="window">[steps × channels], in the data's units.</param>
    internal ChannelScaling ScalingOf(SeriesScaling fitted, string? series, ReadOnlySpan<double> window) => fitted.Of(series, window, SteadyInputs ?? []);

    /// <summary>The scaling of a series that is read from its first step on; it has a whole context.</summary>
    internal ChannelScaling ScalingOf(SeriesScaling fitted, Series series)
    {
        var first = new double[Context * InputSize];
        series.Rows.CopyTo(0, first);
        return ScalingOf(fitted, series.Key, Known(first));
    }

    /// <summary>Puts NaN in the place of what is no finite Single, which a state must not take up; returns the values.</summary>
    internal static double[] Known(double[] values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = float.IsFinite((float)values[i]) ? values[i] : double.NaN;
        return values;
    }

    /// <summary>A window as the network is to see it and what it is to give, both by the same scaling.</summary>
    /// <param name="window">The window.</param>
    /// <param name="fitted">Of the series in training.</param>
    /// <param name="past">[steps × channels]: the context or, where the state is carried, as many steps as it holds.</param>
    /// <param name="target">[horizon × targets].</param>
    internal ChannelScaling Standardize(Window window, SeriesScaling fitted, Span<float> past, Span<float> target)
    {
        int targets = target.Length / Horizon;
        var seen = new double[past.Length];
        window.Series.Rows.CopyTo(window.Origin + 1 - past.Length / InputSize, seen);
        ChannelScaling scaling = CarriesState ? ScalingOf(fitted, window.Series) : ScalingOf(fitted, window.Series.Key, seen);
        scaling.Apply(seen, past);
        for (int ahead = 0; ahead < Horizon; ahead++)
        {
            Span<double> step = seen.AsSpan(0, targets);
            window.Series.Rows.CopyTo(window.Origin + 1 + ahead, step);
            scaling.Apply(step, target.Slice(ahead * targets, targets));
        }

        return scaling;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The state is to be carried, and the backbone has none that is all that it knows of earlier steps.</exception>
    public override NetworkPlan BuildNetwork(Layer backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (CarriesState && !CanCarry(backbone))
            throw new ArgumentException($"{nameof(CarriesState)} needs a recurrent backbone, whose state is all that it knows of earlier steps; found {backbone}.", nameof(backbone));
        return Build(backbone, new Sequential(new LastStep(), new Dense(Horizon * TargetCount)) { Names = ["last", "dense"] });
    }

    /// <summary>Whether a backbone has a state that can be carried through a whole series, and knows nothing of earlier steps beside it.</summary>
    internal static bool CanCarry(Layer backbone) => backbone.ReceptiveField is null && backbone.GoesOnByState(Divisible);

    // A forecast at each step.
    internal override NetworkPlan BuildTrained(Layer backbone) => CarriesState
        ? Build(backbone, new Sequential(new Dense(Horizon * TargetCount)) { Names = ["dense"] })
        : BuildNetwork(backbone);

    // The weights of a network of normalised windows have stood below "inner" since the first version.
    private NetworkPlan Build(Layer backbone, Layer head)
    {
        bool normalizes = Normalization != WindowNormalization.None;
        NetworkNode Node(string name, Layer layer, string source) => new(name, layer, [source]) { Path = normalizes ? $"inner.{name}" : name };
        return Plan(Node(NetworkNode.Backbone, backbone, NetworkInput.Past), Node(NetworkNode.Head, head, NetworkNode.Backbone)) with
        {
            Horizon = Horizon,
            Normalization = normalizes ? new WindowNormalized(Normalization, TargetCount) { Kept = SteadyInputs ?? [] } : null,
        };
    }
}
