using Microsoft.ML;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <content>What must hold of the options.</content>
public sealed partial record ForecastingOptions
{
    /// <summary>Checks these options together with an architecture.</summary>
    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate(Architecture architecture)
    {
        string[] problems = [.. Problems(architecture)];
        if (problems.Length > 0)
            throw new ArgumentException("The forecaster's options are wrong. " + string.Join(" ", problems));
    }

    /// <summary>The problems of these options together with an architecture, one sentence each.</summary>
    internal IEnumerable<string> Problems(Architecture architecture)
    {
        string[] ofArchitecture = [.. ArchitectureProblems.Of(architecture, Training)];
        return
        [
            .. ColumnProblems(),
            .. WindowProblems(),
            .. OutputProblems(),
            .. TimeProblems(),
            .. Training.MonitorProblems(MetricInfo.MeanAbsoluteError),
            .. CarriesState ? Training.Problems() : Training.ProblemsWithoutChunks(),
            .. ofArchitecture.Length > 0 ? ofArchitecture : ReferenceProblems.InForecasting(architecture, Context ?? int.MaxValue),
            .. Streaming && ofArchitecture.Length == 0 ? StreamingForm.Problems(this, architecture) : [],
            .. CarriesState ? CarriedProblems(ofArchitecture.Length == 0 ? architecture : null) : [],
        ];
    }

    private Problems ColumnProblems()
    {
        var problems = new Problems();
        problems.Need(Targets is { Count: > 0 }, $"Targets must name at least one column.");
        string[] columns = [.. Targets ?? [], .. Inputs ?? [], .. KnownInputs ?? [], .. StaticColumns ?? []];
        problems.Need(!columns.Any(string.IsNullOrEmpty), $"A name in Targets, Inputs, KnownInputs or StaticColumns is empty.");
        foreach (var group in columns.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            problems.Need(false, $"The column '{group.Key}' is named {group.Count()} times in Targets, Inputs, KnownInputs and StaticColumns.");
        problems.Need(!string.IsNullOrEmpty(ForecastColumnName) && !string.IsNullOrEmpty(ActualColumnName) && ForecastColumnName != ActualColumnName,
            $"ForecastColumnName and ActualColumnName must be two names; found '{ForecastColumnName}' and '{ActualColumnName}'.");
        foreach (string name in columns.Append(SeriesColumnName).Append(TimeColumnName).OfType<string>()
            .Intersect([ForecastColumnName, ActualColumnName], StringComparer.Ordinal))
            problems.Need(false, $"ForecastColumnName and ActualColumnName must not take the name of a column that is read: '{name}'.");
        if (Intervals is not null)
            problems.AddRange(IntervalProblems(Intervals, [.. columns, SeriesColumnName ?? "", TimeColumnName ?? "", ForecastColumnName, ActualColumnName]));
        return problems;
    }

    private Problems WindowProblems()
    {
        var problems = new Problems();
        problems.Need(Context is null or >= 1, $"Context must be at least 1; found {Context}.");
        problems.Need(Context != 1 || UsedNormalization == WindowNormalization.None,
            $"With Normalization {Normalization} a Context of 1 shows the model nothing: a window of one step, normalised by itself, is always 0. Set "
                + $"Context to at least 2, or Normalization to None.");
        problems.Need(Horizon >= 1, $"Horizon must be at least 1; found {Horizon}.");
        problems.Need(ValidationSteps is null || ValidationSteps >= Horizon,
            $"{nameof(ValidationSteps)} must be at least Horizon, {Horizon}; found {ValidationSteps}.");
        problems.Need(ValidationSteps is null || ValidationSet is null, $"{nameof(ValidationSteps)} and {nameof(ValidationSet)} exclude each other.");
        problems.Need(Stride >= 1, $"Stride must be at least 1; found {Stride}.");
        return problems;
    }

    private Problems OutputProblems()
    {
        var problems = new Problems();
        problems.AddRange(Loss.Problems());
        problems.AddRange(Output.Problems());
        problems.Need(!Loss.IsOfSeries || Differencing is null && !new ScalingRule(Scaling, 0).HasPowers,
            $"Loss AbsoluteScaled is for errors of the values: not with Differencing, nor with Scaling {ScalingKind.Log1p} or {ScalingKind.BoxCox}.");
        problems.Need(Output.IsPoint || Loss == RegressionLoss.Squared,
            $"Loss is for points: quantiles have the pinball loss, distributions their likelihood. Leave it at its default; found the {Loss.Name}.");
        problems.Need(Output.Distribution is null || UsedNormalization == WindowNormalization.None,
            $"Normalization must be None with a distribution, whose deviation is not one of a window; found {Normalization}.");
        problems.Need(Output.Distribution is null || Intervals is null,
            $"Intervals are for points and quantiles: the bounds of a distribution are its quantiles (ForecastDistribution.Quantile).");
        problems.Need(!new ScalingRule(Scaling, 0).HasPowers || Output.Distribution is null && Intervals is not { AdaptationRate: > 0 },
            $"Scaling {Scaling} is for points, quantiles and intervals that do not adapt: distributions and bounds that adapt are in the units of the data.");
        problems.AddRange(Differencing?.Problems() ?? []);
        problems.AddRange(Differencing is null ? []
            : DifferencedTargets.Problems(Differencing, Output.IsPoint && Intervals is null, (CarriesState, MissingValues), Context));
        return problems;
    }

    private Problems TimeProblems()
    {
        var problems = new Problems();
        problems.AddRange(Limits.Defined(UsedNormalization, nameof(Normalization)));
        problems.AddRange(Limits.Defined(MissingValues, nameof(MissingValues)));
        problems.AddRange(Limits.Defined(Resample, nameof(Resample)));
        problems.AddRange(Limits.Defined(Scaling, nameof(Scaling)));
        problems.AddRange(Limits.Defined(ShortSeries, nameof(ShortSeries)));
        problems.Need(ShortSeries != ShortSeries.Pad || MissingValues is MissingValues.Mask or MissingValues.Interpolate or MissingValues.Forward,
            $"ShortSeries.Pad needs MissingValues Mask, Interpolate or Forward, which say how padding is read; found {MissingValues}.");
        problems.Need(!Sort && Resample == Resampling.None || TimeColumnName is not null, $"Sort and Resample need the column of times: set TimeColumnName.");
        problems.Need(Resample == Resampling.None || Frequency?.CanBegin == true, $"Resample needs the Frequency to combine rows to: even steps "
            + $"(Frequency.Hourly, Daily, Weekly, Every), or months, quarters or years; found {Frequency?.ToString() ?? "none"}.");
        problems.Need(Calendar is null || TimeColumnName is not null, $"Calendar needs the column of times: set TimeColumnName.");
        problems.Need(Frequency is null || TimeColumnName is not null, $"A Frequency needs the column of times: set TimeColumnName.");
        return problems;
    }

    private IEnumerable<string> IntervalProblems(ForecastIntervals intervals, IEnumerable<string> taken)
    {
        IEnumerable<string> problems = intervals.Problems((Math.Max(1, Horizon), 1, Output.IsPoint ? null : Output.Levels));
        string[] names = [.. taken.Intersect([intervals.LowerBoundColumnName, intervals.UpperBoundColumnName], StringComparer.Ordinal)];
        if (names.Length > 0)
            problems = problems.Append($"Intervals: the name of a column of bounds must not be that of another column; found '{string.Join("', '", names)}'.");
        return ValidationSet is null && ValidationSteps is null && Training.ValidationFraction == 0
            ? problems.Append("Intervals are calibrated on validation rows: set Training.ValidationFraction above 0, or give a ValidationSet.")
            : problems;
    }

    // The architecture, if it is valid.
    private IEnumerable<string> CarriedProblems(Architecture? architecture)
    {
        string carried = Streaming ? $"{nameof(CarriesState)} (set by Streaming, as the architecture is recurrent)" : nameof(CarriesState);
        if (UsedNormalization != WindowNormalization.None)
            yield return $"Normalization must be None with {carried}, since a stream has no window to be normalised; found {Normalization}.";
        if (architecture is not null && (Context is null or >= 1) && !Forecasting.CanCarry(architecture.Build(UsedContext)))
        {
            yield return $"CarriesState needs an architecture whose only memory is a recurrent state, such as Rnn, Lstm, Gru, MinGru, MinLstm, "
                + $"ParaGru, ParaLstm, Lru and the stable ones; found {architecture.GetType().Name}. "
                + "Use one of them, or leave CarriesState false.";
        }

        if (Calendar is not null || KnownInputs.Count + StaticColumns.Count > 0)
        {
            yield return $"KnownInputs, StaticColumns and Calendar must be empty with {carried}: a stream reads one step after the other, and nothing else. "
                + $"Name the columns in Inputs{(Streaming ? ", or use an architecture with a bounded receptive field, such as Tcn" : "")}.";
        }

        if (MissingValues is not (MissingValues.Error or MissingValues.Zero))
            yield return $"MissingValues must be Error or Zero with {carried}, since a stream has no window to be filled; found {MissingValues}.";
        if (Stride != 1)
            yield return FormattableString.Invariant($"Stride must be 1 with {carried}, which learns from every step; found {Stride}.");
        if (Training.Truncation is not null)
            yield return $"Training.Truncation must be null with {carried}: a state that is carried is not cut off.";
        if (Training.ParallelWarmUp is not null)
            yield return $"Training.ParallelWarmUp must be null with {carried}: a state that is carried is not warmed up.";
    }
}
