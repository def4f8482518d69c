using MLNet.Sequence.Layers;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

public sealed partial record Forecasting
{
    internal override IEnumerable<string> Problems()
    {
        string[] problems =
        [
            .. Limits.AtLeast(1, Context, nameof(Context)),
            .. Limits.AtLeast(1, Horizon, nameof(Horizon)),
            .. Limits.Defined(Normalization, nameof(Normalization)),
            .. Limits.Defined(MissingValues, nameof(MissingValues)),
            .. Limits.Defined(Resample, nameof(Resample)),
            .. Limits.Defined(Scaling, nameof(Scaling)),
            .. Limits.Defined(ShortSeries, nameof(ShortSeries)),
            .. TimeColumnName is null && (Sort || Resample != Resampling.None) ? ["Sort and Resample need a time column."] : Array.Empty<string>(),
            .. Resample != Resampling.None && Frequency?.CanBegin != true ? ["Resample needs a Frequency with steps that begin."] : Array.Empty<string>(),
            .. Calendar is { Parts: null } ? [$"{nameof(Calendar)} must have its parts."] : Array.Empty<string>(),
            .. Limits.Name(ForecastColumnName, nameof(ForecastColumnName)),
            .. Limits.Name(ActualColumnName, nameof(ActualColumnName)),
        ];
        foreach (string problem in problems)
            yield return problem;
        if (CarriesState && Normalization != WindowNormalization.None)
            yield return $"{nameof(Normalization)} must be None where {nameof(CarriesState)} is set; found {Normalization}.";
        if (Targets.Count == 0 || Targets.Concat(Inputs).Any(column => column.Channels.Count == 0))
            yield return $"{nameof(Targets)} must be at least one column, and each column have a channel; found {string.Join(", ", Targets.Concat(Inputs))}.";
        foreach (ChannelColumn column in Targets.Concat(Inputs).Where(column => column.Keys is not null))
            yield return $"Only {nameof(KnownInputs)} and {nameof(StaticInputs)} may have keys; found keys in '{column.Name}'.";
        // Most models have none of these, and a process that loads one need not compile the code that reads them.
        foreach (string problem in KnownInputs.Count + StaticInputs.Count == 0 ? [] : ChannelColumn.Problems(KnownInputs)
            .Concat(ChannelColumn.Problems(StaticInputs)))
            yield return problem;
        foreach (string problem in Levels is null && Components is null ? [] : Output.Problems())
            yield return problem;
        foreach (string problem in Intervals?.Problems((Horizon, TargetCount, Levels)) ?? [])
            yield return problem;
        if (Intervals is { AdaptationRate: > 0 } adaptive && adaptive.RelativeWidths?.Count != AdaptiveBounds.Parts + 1)
            yield return $"{nameof(Intervals)} that adapt must have {AdaptiveBounds.Parts + 1} relative widths; found {adaptive.RelativeWidths?.Count ?? 0}.";
        if (Distribution is { } kind && (!Enum.IsDefined(kind) || Levels is not null || Intervals is not null || Normalization != WindowNormalization.None))
        {
            yield return $"{nameof(Distribution)} must be a known one, without {nameof(Levels)}, {nameof(Intervals)} and {nameof(Normalization)}; found "
                + $"{kind}.";
        }

        foreach (string problem in Differencing is null ? [] : DifferencedTargets.Problems(this))
            yield return problem;
        if (Components is not null && Distribution != ForecastDistributionKind.MixtureOfGaussians)
            yield return $"{nameof(Components)} must be null without a mixture as {nameof(Distribution)}; found {Components}.";
        if (Levels is { Count: 0 })
            yield return $"{nameof(Levels)} must hold a level, or be null.";
        if (PadsWindows && !FillsWindows)
            yield return $"{nameof(ShortSeries)}.{ShortSeries} needs {nameof(MissingValues)} that fill windows; found {MissingValues}.";
        if (CarriesState && FillsWindows)
            yield return $"{nameof(MissingValues)} must be Error or Zero where {nameof(CarriesState)} is set; found {MissingValues}.";
        if (CarriesState && KnownSize + StaticSize > 0)
            yield return $"{nameof(KnownInputs)} and {nameof(StaticInputs)} must be empty where {nameof(CarriesState)} is set.";
        if ((long)Horizon * ValueCount * (TargetCount + KnownSize) > int.MaxValue || (long)Context * DataChannels > int.MaxValue)
            yield return $"{nameof(Context)} and {nameof(Horizon)} must leave windows and forecasts below 2^31 values; found {Context} and {Horizon}.";
    }
}
