namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>A comparison as the page shows it.</summary>
internal sealed record ReportSummary
{
    /// <summary>The answer to "do you need recurrence?" in one sentence.</summary>
    public required string Answer { get; init; }

    public required string Because { get; init; }

    /// <summary>The model to use; a reference that has no model is not among <see cref="Models"/>.</summary>
    public required string Recommended { get; init; }

    public required string Metric { get; init; }

    public required int Examples { get; init; }

    public required int Rounds { get; init; }

    public required double Confidence { get; init; }

    public required IReadOnlyList<ModelRow> Models { get; init; }

    public required IReadOnlyList<ReferenceRow> References { get; init; }

    public required IReadOnlyList<ReferenceRow> Baselines { get; init; }

    /// <summary>How much of the past carries information; null: not measured.</summary>
    public PastSummary? Past { get; init; }

    /// <summary>What comparisons of pairs show, a sentence each.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>The number of series that are not among the forecasts.</summary>
    public int SeriesLeftOut { get; init; }

    public static ReportSummary Of(RecurrenceReport report) => new()
    {
        Answer = First(report),
        Because = Reasons(report),
        Recommended = report.Recommendation.Architecture,
        Metric = report.Metric,
        Examples = report.Examples,
        Rounds = report.Rounds,
        Confidence = report.Confidence,
        Models = [.. report.Models.Select(ModelRow.Of)],
        References = [.. report.References.Where(reference => report.Models.All(model => model.Name != reference.Name))
            .Select(reference => new ReferenceRow(reference.Name, reference.Error, reference.ErrorLow, reference.ErrorHigh))],
        Baselines = [.. report.Baselines.Where(baseline => report.References.All(reference => reference.Name != baseline.Name.Replace(' ', '-')))
            .Select(baseline => new ReferenceRow(baseline.Name, baseline.Error, double.NaN, double.NaN))],
        Past = report.DataMemory is { } memory ? PastSummary.Of(memory) : null,
        Findings = [.. new[] { report.FeedForwardAgainstRecurrent, report.StableAgainstUnconstrained }.OfType<PairedDifference>()
            .Select(difference => $"{difference}."), .. report.MemoryShortfall is { } shortfall ? [$"{shortfall}"] : Array.Empty<string>()],
        Remarks = [.. report.Remarks, .. report.Stopped.Select(model => $"{model}"),
            .. report.LeftOut.Select(name => $"{name} still learned when its training ended: it is left out of the verdict. More effort may help.")],
    };

    private static string First(RecurrenceReport report)
    {
        if (report.CarriesState is { IsNeeded: true })
            return "Yes: a state that is carried beyond the window helps.";
        if (report.RecommendedReference is not null)
            return "No, and you need no network at all.";
        if (report.Recommendation.NeedsRecurrence)
            return "Yes: a recurrent model, or a longer window, is better here.";
        if (report.FeedForwardAgainstRecurrent is not { } pair)
            return report.LeftOut.Count > 0 ? $"Not known yet: {string.Join(" and ", report.LeftOut)} still learned when training ended."
                : "Only one kind of model was compared.";
        if (pair.Verdict == PairedVerdict.Undecided)
            return "Not shown: these rows do not settle it.";
        return report.DataMemory is { AtLeast: false } memory
            ? FormattableString.Invariant($"No: a window of {memory.Steps} {(memory.Steps == 1 ? "step" : "steps")} is enough.")
            : "No: a model that reads a window is enough.";
    }

    // The page has its own headline.
    private static string Reasons(RecurrenceReport report)
    {
        string because = report.Recommendation.Because;
        return report.RecommendedReference is null || because.IndexOf(". ", StringComparison.Ordinal) is not (> 0 and var end)
            || !because.StartsWith("No", StringComparison.Ordinal) ? because : because[(end + 2)..];
    }
}

/// <summary>A trained or solved model.</summary>
internal sealed record ModelRow(string Name, string Kind, double Error, double Low, double High)
{
    public required long Parameters { get; init; }

    public required double TrainingSeconds { get; init; }

    public required double StepMicroseconds { get; init; }

    /// <summary>Last steps with which its error is at most 1 % larger than with all.</summary>
    public required int Memory { get; init; }

    public required int LongestExample { get; init; }

    /// <summary>The error with the last steps alone, divided by that with all.</summary>
    public required IReadOnlyList<MemoryPoint> Curve { get; init; }

    /// <summary>What is proved of its memory.</summary>
    public required string Certificate { get; init; }

    public required bool IsCertified { get; init; }

    public double Lambda { get; init; } = double.NaN;

    public int? ReceptiveField { get; init; }

    // A studio compares no pairs, the only models whose memory is not measured.
    public static ModelRow Of(ComparedModel model) => new(model.Name, KindOf(model), model.Error, model.ErrorLow, model.ErrorHigh)
    {
        Parameters = model.Model.ParameterCount,
        TrainingSeconds = model.TrainingSeconds,
        StepMicroseconds = model.StepMicroseconds,
        Memory = model.Memory!.Steps,
        LongestExample = model.Memory.LongestExample,
        Curve = [.. model.Memory.Curve.Select(step => new MemoryPoint(step.Steps, 1 + step.Excess))],
        Certificate = model.Certificate.ToString(),
        IsCertified = model.Certificate.IsCertified,
        Lambda = model.Certificate.Lambda ?? double.NaN,
        ReceptiveField = model.Certificate.ReceptiveField,
    };

    private static string KindOf(ComparedModel model) => model.Model.Architecture is Reference ? "solved, not trained"
        : model.IsFeedForward ? "reads a window"
        : model.IsStable ? "recurrent, stable"
        : "recurrent";
}

internal sealed record MemoryPoint(int Steps, double Ratio);

/// <summary>A prediction without a network.</summary>
internal sealed record ReferenceRow(string Name, double Error, double Low, double High);

/// <summary>How much of the past carries information.</summary>
internal sealed record PastSummary(int Steps, string Text, IReadOnlyList<MemoryRung> Ladder)
{
    public static PastSummary Of(DataMemory memory) => new(memory.Steps, memory.ToString(), memory.Ladder);
}
