using Microsoft.ML;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <summary>What is forecast, from which columns, and how the model is trained. A row of the data is a time step.</summary>
public sealed record ForecastingOptions
{
    /// <summary>The columns to forecast: Single, Double, integer or Boolean, or vectors of them of known size.</summary>
    public required IReadOnlyList<string> Targets { get; init => field = ValueList.Of(value); }

    /// <summary>Further columns of the same types that the model sees in its context. Default none.</summary>
    public IReadOnlyList<string> Inputs { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>
    /// Further columns whose values are known for the steps that are forecast as well: a calendar, a price list, a planned promotion.
    /// Numbers, as <see cref="Inputs"/>, or keys, for each of which the model learns a vector. A forecast reads their values in its context
    /// and, of the series' next rows, in each of the <see cref="Horizon"/> steps ahead; rows behind the last known target, whose target is
    /// missing (NaN), serve as those. Their level is what they say: they are scaled over all series, and kept where a window is normalised.
    /// Not with <see cref="CarriesState"/>; a <see cref="Reference"/> does not read them. Default none.
    /// </summary>
    public IReadOnlyList<string> KnownInputs { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>
    /// Columns that have one value in a series, as a shop's size or its kind: numbers, or keys, for each of which the model learns a vector;
    /// a key that was not in training is read as the mean of all. They are seen beside every step of the context. Not with
    /// <see cref="CarriesState"/>; a <see cref="Reference"/> does not read them. Default none.
    /// </summary>
    public IReadOnlyList<string> StaticColumns { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>The column (text, key or integer) that tells series apart; rows may interleave. Null, the default: one series.</summary>
    public string? SeriesColumnName { get; init; }

    /// <summary>
    /// A column (date, number or text) that must ascend within each series; rows that do not are an error that says what they look like.
    /// Null, the default: rows are steps in the order in which they come, be they unsorted, the newest first, or several series one after
    /// the other, with windows across the seams; training warns of that where the data has one column of dates, and no other sign of it.
    /// </summary>
    public string? TimeColumnName { get; init; }

    /// <summary>
    /// Steps that the model sees; at least 1, and at least 2 where windows are normalised. With <see cref="CarriesState"/> those before its
    /// first forecast, itself among them. Default 96.
    /// </summary>
    public int Context { get; init; } = 96;

    /// <summary>
    /// Whether the model reads each series from its first row on, not a window: its recurrent state is carried for as long as the series
    /// goes on, so that it may remember what lies further back than <see cref="Context"/>, and a forecast follows from all rows so far,
    /// from the <see cref="Context"/>-th on. Needs an architecture whose memory is a recurrent state alone (<see cref="Lstm"/>,
    /// <see cref="StableRnn"/>, …), and no <see cref="Normalization"/>, since a stream has no window. Default false.
    /// </summary>
    /// <remarks>
    /// Training is truncated back-propagation: series side by side, in chunks of <see cref="TrainingOptions.BackpropSteps"/> forecasts
    /// (null: <see cref="Context"/>, and at least 64), the state carried from chunk to chunk, each forecast with the loss that it has in a window. The first
    /// chunk has the steps of its first context too. Where there are fewer series than <see cref="TrainingOptions.BatchSize"/>, each
    /// is cut into parts of at least 16 contexts and 4 chunks, up to a batch of them; a part starts from zero and is first asked for a forecast after a
    /// context, as a window is. Validation reads every series from its first row to its end and counts the forecasts of its tail.
    /// </remarks>
    public bool CarriesState { get; init; }

    /// <summary>Steps that it forecasts; at least 1. Default 24.</summary>
    public int Horizon { get; init; } = 24;

    /// <summary>Steps between the windows that it is trained on; at least 1. Default 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>
    /// How each window is brought to a common level and scale, and its forecast back. Without it recurrent models lose to
    /// naive forecasts on series that drift. A <see cref="Reference"/> reads the series as it is whatever is asked for, but for
    /// <see cref="Ridge"/> with <see cref="WindowNormalization.LastValue"/>. Null, the default: comparisons choose one for each architecture
    /// by validation; else <see cref="WindowNormalization.MeanAndDeviation"/>, and None with <see cref="CarriesState"/> or a
    /// <see cref="Context"/> of 1.
    /// </summary>
    public WindowNormalization? Normalization { get; init; }

    /// <summary>
    /// What is said of each step: <see cref="ForecastOutput.Point"/>, the default, or <see cref="ForecastOutput.Quantiles"/>, whose column of forecasts has
    /// horizon × levels × targets values, the levels of a step together. A <see cref="Reference"/> gives points.
    /// </summary>
    public ForecastOutput Output { get; init; } = ForecastOutput.Point;

    /// <summary>
    /// What errors cost in training and validation. Comparisons of architectures and memory are measured in squared errors all the
    /// same. Default <see cref="RegressionLoss.Squared"/>.
    /// </summary>
    public RegressionLoss Loss { get; init; } = RegressionLoss.Squared;

    /// <summary>The name of the column of forecasts, Vector&lt;Single&gt; of horizon × targets, step by step. Default "Forecast".</summary>
    public string ForecastColumnName { get; init; } = "Forecast";

    /// <summary>The name of the column of what came to be, of the same form. Default "Actual".</summary>
    public string ActualColumnName { get; init; } = "Actual";

    /// <summary>
    /// Rows to validate on, each series with its <see cref="Context"/> rows of history first; null, the default: the tail of
    /// the training rows, by <see cref="TrainingOptions.ValidationFraction"/>.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>How the network is trained. Default: <see cref="TrainingOptions"/> with its own defaults.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>
    /// Rolling validation: how many validation tails are cut off the training rows before they are trained and validated on.
    /// </summary>
    internal int RolledBack { get; init; }

    /// <summary>The normalisation of a model that is trained by itself.</summary>
    internal WindowNormalization UsedNormalization =>
        Normalization ?? (CarriesState || Context == 1 ? WindowNormalization.None : WindowNormalization.MeanAndDeviation);

    /// <summary>These options with the normalisation that the architecture has where this one is asked for.</summary>
    internal ForecastingOptions For(Architecture architecture) => architecture is Reference reference
        ? this with { Normalization = reference.Normalization(UsedNormalization), KnownInputs = [], StaticColumns = [], Output = ForecastOutput.Point }
        : this with { Normalization = UsedNormalization };

    /// <summary>Checks these options together with an architecture.</summary>
    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate(Architecture architecture)
    {
        string[] problems = [.. Problems(architecture)];
        if (problems.Length > 0)
            throw new ArgumentException("The forecaster's options are wrong. " + string.Join(" ", problems));
    }

    /// <summary>What is wrong with these options together with an architecture, one sentence each.</summary>
    internal IEnumerable<string> Problems(Architecture architecture)
    {
        var problems = new Problems();
        problems.Need(Targets is { Count: > 0 }, $"Targets must name at least one column.");
        string[] columns = [.. Targets ?? [], .. Inputs ?? [], .. KnownInputs ?? [], .. StaticColumns ?? []];
        problems.Need(!columns.Any(string.IsNullOrEmpty), $"A name in Targets, Inputs, KnownInputs or StaticColumns is empty.");
        foreach (var group in columns.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            problems.Need(false, $"The column '{group.Key}' is named {group.Count()} times in Targets, Inputs, KnownInputs and StaticColumns.");
        problems.Need(Context >= 1, $"Context must be at least 1; found {Context}.");
        problems.Need(Context != 1 || UsedNormalization == WindowNormalization.None,
            $"With Normalization {Normalization} a Context of 1 shows the model nothing: a window of one step, normalised by itself, is always 0. Set "
                + $"Context to at least 2, or Normalization to None.");
        problems.Need(Horizon >= 1, $"Horizon must be at least 1; found {Horizon}.");
        problems.Need(Stride >= 1, $"Stride must be at least 1; found {Stride}.");
        problems.Need(!string.IsNullOrEmpty(ForecastColumnName) && !string.IsNullOrEmpty(ActualColumnName) && ForecastColumnName != ActualColumnName,
            $"ForecastColumnName and ActualColumnName must be two names; found '{ForecastColumnName}' and '{ActualColumnName}'.");
        foreach (string name in columns.Append(SeriesColumnName).Append(TimeColumnName).OfType<string>()
            .Intersect([ForecastColumnName, ActualColumnName], StringComparer.Ordinal))
            problems.Need(false, $"ForecastColumnName and ActualColumnName must not take the name of a column that is read: '{name}'.");
        problems.AddRange(Loss.Problems());
        problems.AddRange(Output.Problems());
        problems.Need(Output.IsPoint || Loss == RegressionLoss.Squared,
            $"Loss is of points: quantiles have the pinball loss. Leave it at its default; found the {Loss.Name}.");
        problems.AddRange(Limits.Defined(UsedNormalization, nameof(Normalization)));
        problems.AddRange(Training.MonitorProblems(MetricInfo.MeanAbsoluteError));
        problems.AddRange(CarriesState ? Training.Problems() : Training.ProblemsWithoutChunks());
        string[] ofArchitecture = [.. ArchitectureProblems.Of(architecture, Training)];
        problems.AddRange(ofArchitecture.Length > 0 ? ofArchitecture : ReferenceProblems.InForecasting(architecture, Context));
        if (CarriesState)
            problems.AddRange(CarriedProblems(ofArchitecture.Length == 0 ? architecture : null));
        return problems;
    }

    // The architecture where it is sound.
    private IEnumerable<string> CarriedProblems(Architecture? architecture)
    {
        if (UsedNormalization != WindowNormalization.None)
            yield return $"Normalization must be None with CarriesState, since a stream has no window to be normalised; found {Normalization}.";
        if (architecture is not null && Context >= 1 && !Forecasting.CanCarry(architecture.Build(Context)))
        {
            yield return $"CarriesState needs an architecture whose memory is a recurrent state alone, as Rnn, Lstm, Gru, MinGru, MinLstm, Lru and the "
                + $"stable ones; found {architecture.GetType().Name}. "
                + "Use one of them, or leave CarriesState false.";
        }

        if (KnownInputs.Count + StaticColumns.Count > 0)
        {
            yield return "KnownInputs and StaticColumns must be empty with CarriesState: a stream reads one step after the other, and nothing beside it. "
                + "Name the columns in Inputs.";
        }

        if (Stride != 1)
            yield return FormattableString.Invariant($"Stride must be 1 with CarriesState, which learns from every step; found {Stride}.");
        if (Training.Truncation is not null)
            yield return "Training.Truncation must be null with CarriesState: a state that is carried is not cut off.";
        if (Training.ParallelWarmUp is not null)
            yield return "Training.ParallelWarmUp must be null with CarriesState: a state that is carried is not warmed up.";
    }
}
