using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>
/// Direct multi-step forecasting: predicts all <see cref="Horizon"/> steps of the targets at once, from the last <see cref="Context"/>
/// steps of a series. The backbone's last step gives the forecast. With <see cref="CarriesState"/>, the forecast is from all steps of the
/// series so far.
/// </summary>
public sealed partial record Forecasting : SequenceTask
{
    // A number of channels for questions to layers that do not depend on that number.
    private const int Divisible = 5040;

    /// <summary>The columns that are predicted. Their channels are the first of the input.</summary>
    public required IReadOnlyList<ChannelColumn> Targets { get; init => field = ValueList.Of(value); }

    /// <summary>Further columns that the model sees in its context, but does not predict.</summary>
    public IReadOnlyList<ChannelColumn> Inputs { get; init => field = ValueList.Of(value ?? []); } = ValueList.Create<ChannelColumn>();

    /// <summary>Columns whose values are also known for the steps ahead; key columns last. Default none, as in files of older versions.</summary>
    public IReadOnlyList<ChannelColumn> KnownInputs { get; init => field = ValueList.Of(value ?? []); } = ValueList.Create<ChannelColumn>();

    /// <summary>Columns with one value per series; key columns last. Default none, as in files of older versions.</summary>
    public IReadOnlyList<ChannelColumn> StaticInputs { get; init => field = ValueList.Of(value ?? []); } = ValueList.Create<ChannelColumn>();

    /// <summary>The column that identifies the series; null: all rows are one series.</summary>
    [JsonPropertyName("seriesColumn")]
    public string? SeriesColumnName { get; init; }

    /// <summary>The column that must ascend within a series; null: rows keep their order.</summary>
    [JsonPropertyName("timeColumn")]
    public string? TimeColumnName { get; init; }

    /// <summary>The name of the column that forecasts are written to. Default "Forecast".</summary>
    [JsonPropertyName("forecastColumn")]
    public string ForecastColumnName { get; init; } = "Forecast";

    /// <summary>The name of the column that the actual values are written to. Default "Actual".</summary>
    [JsonPropertyName("actualColumn")]
    public string ActualColumnName { get; init; } = "Actual";

    /// <summary>
    /// Number of steps that the model sees. If it carries its state: number of steps up to its first forecast, the present step included.
    /// </summary>
    public required int Context { get; init; }

    /// <summary>Steps after the context that are predicted together; at least 1.</summary>
    public required int Horizon { get; init; }

    /// <summary>
    /// The levels of the quantiles predicted for each step and target; null, as in files of older versions: one number is predicted.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Levels { get; init => field = ValueList.Of(value); }

    /// <summary>The distribution predicted for each step and target; null, as in files of older versions: numbers are predicted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ForecastDistributionKind? Distribution { get; init; }

    /// <summary>The number of components of a mixture as <see cref="Distribution"/>; null, as in files of older versions: the distribution is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Components { get; init; }

    /// <summary>
    /// The prediction intervals, whose widths are in the weights: the network then gives a lower bound, the forecast and an upper bound for each step
    /// and target, or, with <see cref="Levels"/>, calibrated quantiles. Null, the default, as in files of older versions: none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ForecastIntervals? Intervals { get; init; }

    /// <summary>
    /// Whether each series is read from its first step on. The recurrent state then continues for the whole series, and a forecast follows
    /// from all steps so far, starting with step <see cref="Context"/>. False, the default, as in files of older versions: from the last
    /// <see cref="Context"/> steps only.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CarriesState { get; init; }

    /// <summary>How each window is brought to a common level and scale.</summary>
    public WindowNormalization Normalization { get; init; } = WindowNormalization.MeanAndDeviation;

    /// <summary>How the channels of each series are scaled. Default, as in files of older versions: by mean and standard deviation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ScalingKind Scaling { get; init; }

    /// <summary>
    /// Whether the network sees the targets of a window as differences, and forecasts these; with a season, if it is of seasons. Null, as in files of
    /// older versions: it does not.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Differencing? Differencing { get; init; }

    /// <summary>
    /// Inputs, by their index among <see cref="Channels"/>, with one value within most training windows, such as the size of a shop or a
    /// price: their level is their information. They are scaled over all series, and keep their level in a normalised window. Null: none,
    /// as in files of older versions.
    /// </summary>
    public IReadOnlyList<int>? SteadyInputs { get; init => field = ValueList.Of(value); }

    /// <summary>
    /// How the times of a series follow each other; null, as in files of older versions: unknown, and times must only ascend.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Frequency? Frequency { get; init; }

    /// <summary>
    /// How missing values (NaN), and steps that are missing between two rows, are handled. Default, as in files of older versions: in
    /// training an error; a forecast whose context has one is NaN.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public MissingValues MissingValues { get; init; }

    /// <summary>How series with fewer rows than a window are handled. Default, as in files of older versions: as an error.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ShortSeries ShortSeries { get; init; }

    /// <summary>Whether rows are sorted by time before they are read. Default false, as in files of older versions: they must ascend.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Sort { get; init; }

    /// <summary>How several rows of a step are combined. Default <see cref="Resampling.None"/>, as in files of older versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Resampling Resample { get; init; }

    /// <summary>
    /// Inputs made from the times of rows, the first of the known inputs; their parts are set. Null, as in files of older versions: none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CalendarInputs? Calendar { get; init; }

    internal ScalingRule Rule => new(Scaling, TargetCount);

    /// <summary>Whether missing values are filled within a window.</summary>
    internal bool FillsWindows => MissingValues is not (MissingValues.Error or MissingValues.Zero);

    /// <summary>Whether what the network sees of a step depends on the other steps of its window.</summary>
    internal bool ReadsWindows => FillsWindows || Differencing is not null;

    /// <summary>Whether a window may begin before the first row of its series.</summary>
    internal bool PadsWindows => ShortSeries == ShortSeries.Pad;

    /// <summary>The fewest rows of a series that have a forecast.</summary>
    internal int LeastHistory => PadsWindows ? 1 : Context;

    /// <summary>The names of the predicted channels, the forecast's targets.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> TargetChannels => [.. Targets.SelectMany(column => column.Channels)];

    /// <summary>All columns of the data that are read as channels, in order: targets, inputs, known inputs and static inputs.</summary>
    [JsonIgnore]
    public IReadOnlyList<ChannelColumn> Columns => [.. Targets, .. Inputs, .. KnownInputs, .. StaticInputs];

    /// <summary>The names of all channels of a row, targets first; those of the calendar before the other known inputs.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Channels => [.. AllColumns.SelectMany(column => column.Channels)];

    /// <summary>The columns of the data, and the calendar as one more.</summary>
    internal IReadOnlyList<ChannelColumn> AllColumns => Calendar is null ? Columns : [.. Targets, .. Inputs, CalendarColumn, .. KnownInputs, .. StaticInputs];

    /// <summary>The calendar as a column.</summary>
    internal ChannelColumn CalendarColumn => new("", Calendar?.Names ?? []);

    /// <summary>The number of channels of the calendar.</summary>
    internal int CalendarSize => Calendar?.Size ?? 0;

    /// <summary>Channels that are known for each step ahead.</summary>
    [JsonIgnore]
    public int KnownSize => CalendarSize + Count(KnownInputs);

    /// <summary>Channels that have one value in a series.</summary>
    [JsonIgnore]
    public int StaticSize => Count(StaticInputs);

    private int TargetCount => Count(Targets);

    /// <summary>The output for each step and target: a number, the quantiles of <see cref="Levels"/>, or a distribution.</summary>
    [JsonIgnore]
    public ForecastOutput Output => Distribution is { } kind ? ForecastOutput.Of(kind, Components)
        : Levels is { } levels ? ForecastOutput.Quantiles([.. levels]) : ForecastOutput.Point;

    /// <summary>Number of predicted values over all steps: horizon × values × targets.</summary>
    internal int ForecastSize => Horizon * ValueCount * TargetCount;

    /// <summary>Number of predicted values per target and step, bounds included.</summary>
    internal int ValueCount => Levels?.Count ?? (Distribution is not null ? ((DistributionDecoding)Decoded).Parameters : Intervals is null ? 1 : 3);

    /// <inheritdoc/>
    public override int InputSize => PastSize + MaskSize;

    internal override int DataChannels => PastSize + StaticSize;

    /// <summary>Channels of a row that a network reads at each step of the past: targets, inputs and known inputs.</summary>
    internal int PastSize => FirstKnown + KnownSize;

    /// <summary>The index of the first known input among the channels of a row.</summary>
    internal int FirstKnown => TargetCount + Count(Inputs);

    /// <summary>Channels that say which targets and inputs are missing, between these and the known inputs; 0 without masks.</summary>
    internal int MaskSize => MissingValues == MissingValues.Mask ? FirstKnown : 0;

    /// <inheritdoc/>
    public override int ContextLength => Context;

    internal override int Conditions => KnownSize + StaticSize == 0 ? 0 : new ForecastingPlan(this, "").Conditions;

    internal override int SeriesChannels => StaticSize;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Forecasting Series => this;

    internal override string Reads =>
        $"{string.Join(", ", Channels.Take(PastSize))}; in the data's units; "
            + $"{(CarriesState ? $"all steps so far are read, forecasts are NaN before step {Context}" : $"the last {Context} steps are read")}";

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<TaskOutput> Outputs => Intervals is not { } intervals ? [Prediction] :
    [
        Prediction,
        BandDecoding.Column(this, intervals.LowerBoundColumnName, "lower bounds", this.BoundPlaces.Lower),
        BandDecoding.Column(this, intervals.UpperBoundColumnName, "upper bounds", this.BoundPlaces.Upper),
    ];

    /// <summary>The steps ahead, the first one first: one number for each target, or its quantiles.</summary>
    [JsonIgnore]
    public override TaskOutput Prediction => Levels is null && Intervals is not null
        ? BandDecoding.Column(this, ForecastColumnName, null, 1)
        : Output.Column(ForecastColumnName, TargetChannels, Horizon);

    // Without the texts of its column: a process that loads a model and forecasts need not compile them.
    internal override ValueDecoding Decoded => Distribution is { } kind
        ? new DistributionDecoding(kind, TargetCount) { Components = Components ?? ForecastOutput.UsualComponents }
        : ForecastOutput.Decoding(TargetCount, ValueCount);

    internal override TaskLoss Loss => (Levels is null && Intervals is not null ? TaskLoss.SquaresOf(1, 3, TargetCount) : Output.Loss(TargetCount)) with
    {
        Baselines = ["naive", "seasonal naive"],
    };

    // Forecasts of several steps from neighbouring origins share actual values.
    internal override int Overlap(double stride) => stride > 0 ? (int)Math.Ceiling(Horizon / stride) : 1;

    internal override SequenceTask OfWindows(int steps) => CarriesState ? this with { CarriesState = false, Context = Math.Max(Context, steps) } : this;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The state is to be carried, but the backbone has no state, or also knows earlier steps in another way.
    /// </exception>
    public override NetworkPlan BuildNetwork(Layer backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (CarriesState && !CanCarry(backbone))
            throw new ArgumentException($"{nameof(CarriesState)} needs a recurrent backbone that knows earlier steps only by its state; "
                + $"found {backbone}.", nameof(backbone));
        return Build(backbone, new Sequential(new LastStep(), new Dense(ForecastSize)) { Names = ["last", "dense"] });
    }

    /// <summary>Whether a backbone has a state that can be carried through a whole series, and knows earlier steps only by it.</summary>
    internal static bool CanCarry(Layer backbone) => backbone.ReceptiveField is null && backbone.GoesOnByState(Divisible);

    // A forecast at each step.
    internal override NetworkPlan BuildTrained(Layer backbone, Layer? encoder = null) => CarriesState
        ? Build(backbone, new Sequential(new Dense(ForecastSize)) { Names = ["dense"] })
        : BuildNetwork(backbone);

    // The weights of a network of normalised windows have been under "inner" since the first version.
    private NetworkPlan Build(Layer backbone, Layer head) => Normalization == WindowNormalization.None
        ? new ForecastingPlan(this, "").Build(backbone, head)
        : new ForecastingPlan(this, "inner.").Build(backbone, head) with
        {
            Normalization = new WindowNormalized(Normalization, TargetCount) { Kept = [.. Kept()] },
        };

    // Masks, and steady inputs by their place in the network's input.
    private IEnumerable<int> Kept() => Enumerable.Range(FirstKnown, MaskSize)
        .Concat((SteadyInputs ?? []).Where(channel => channel < PastSize).Select(channel => channel < FirstKnown ? channel : channel + MaskSize));

    // By position, which allocates nothing: a stream calls this at each step.
    private static int Count(IReadOnlyList<ChannelColumn> columns)
    {
        int count = 0;
        for (int i = 0; i < columns.Count; i++)
            count += columns[i].Channels.Count;
        return count;
    }
}
