using System.Globalization;

namespace MLNet.Sequence.Comparison;

/// <summary>The conclusion of a comparison, as one paragraph.</summary>
/// <param name="analysis">The decision.</param>
/// <param name="models">The models.</param>
/// <param name="terms">The terms of the task.</param>
internal sealed class RecurrenceConclusion(RecurrenceAnalysis analysis, IReadOnlyList<ComparedModel> models, RecurrenceTerms terms)
{
    /// <summary>How much of the past carries information; null: not measured.</summary>
    public DataMemory? DataMemory { get; init; }

    /// <summary>Whether a state beyond the window helps; null: not measured.</summary>
    public CarriedRecurrence? Carried { get; init; }

    /// <summary>The epochs that every model had at first.</summary>
    public int Epochs { get; init; } = int.MaxValue;

    /// <summary>Why the best stable model is worse than the recommended one; null if it is not worse, or the reason is unknown.</summary>
    public MemoryShortfall? Shortfall => WorseStable is { } behind ? MemoryShortfall.Of(behind, Model(behind.First), Model(behind.Second)) : null;

    // If models see whole rows, the ladder shows whether a number of last steps is as good.
    private bool WindowIsEnough => DataMemory is { AtLeast: false };

    // The best stable model against the recommended one, if it is clearly worse.
    private PairedDifference? WorseStable => analysis.Stable is { } stable && analysis.Decide().Model is var chosen && chosen != stable
        && analysis.Compare(stable, chosen) is { Verdict: PairedVerdict.Worse } worse ? worse : null;

    /// <param name="references">The references, which need no training.</param>
    public Recommendation Recommend(IReadOnlyList<ComparedReference> references)
    {
        (RecurrenceCandidate chosen, bool needed, string reason) = analysis.Decide(WindowIsEnough);
        if (Carried is { IsNeeded: true } carried)
            return Recommend(carried);
        if (analysis.Reference is { } simple)
            return Recommend(references.Single(reference => reference.Name == simple.Name), analysis.Compare(simple, chosen));
        ComparedModel model = Model(chosen.Name);
        int examples = chosen.Losses[0].Length, seeds = chosen.Losses.Length;
        List<string> sentences =
        [
            Window(chosen.Name),
            string.Create(CultureInfo.InvariantCulture,
                $"{(analysis.InWindows ? "Inside the window, on" : "On")} {examples:N0} test {terms.Examples} with {seeds} "
                    + $"{(seeds == 1 ? "seed" : "seeds")}, {reason}."),
            Context(model),
            CutOff(model),
            Memory(model),
            Forgetting(),
            Cost(model, models.FirstOrDefault(other => other.Name == (model.IsFeedForward ? analysis.Recurrent : analysis.FeedForward)?.Name)),
        ];
        sentences.AddRange([.. Learning(), Chance(seeds)]);
        string text = string.Join(" ", sentences.Where(sentence => sentence.Length > 0));
        return new Recommendation(chosen.Name, needed, char.ToUpperInvariant(text[0]) + text[1..]);
    }

    // A carried state is better than all windows and all references.
    private Recommendation Recommend(CarriedRecurrence carried)
    {
        PairedDifference difference = carried.AgainstWindows;
        string[] sentences =
        [
            $"Recurrence is needed: the {terms.Metric} of {difference.First}, which starts at the first test row of each series, is "
                + $"{PairedDifference.Percent(difference.Relative)} "
                + $"than that of {difference.Second}, the best model of windows on the validation rows {difference.Interval}.",
            $"Train {carried.Architecture} with CarriesState = true. A context longer than these windows was not tried: the data remembers "
                + $"{DataMemory}.",
            .. Learning(),
            Chance(analysis.Decide().Model.Losses.Length),
        ];
        return new Recommendation(carried.Architecture, NeedsRecurrence: true, string.Join(" ", sentences.Where(sentence => sentence.Length > 0)));
    }

    // Whether memory beyond the window is needed, and how long the window must be.
    private string Window(string recommended)
    {
        if (DataMemory is not { } memory)
            return "";
        string enough = memory switch
        {
            { AtLeast: true } => string.Create(CultureInfo.InvariantCulture, $"The data remembers {memory}: a longer context may be worth a try."),
            { Steps: 0 } => analysis.InWindows ? "The past carries no information: the mean is as good as any forecast from it."
                : "The steps carry no information: a constant prediction is as good as any that reads them.",
            { Steps: 1 } => analysis.InWindows ? "A window of 1 step is enough: the last value holds all information." : "A window of 1 step is enough.",
            _ => string.Create(CultureInfo.InvariantCulture, $"A window of {memory.Steps} steps is enough (interval {memory.StepsLow} to {memory.StepsHigh})."),
        };
        // With a shorter window another model may be the best.
        MemoryRung rung = memory.Ladder.First(rung => rung.Steps == memory.Steps);
        if (!memory.AtLeast && rung.Model != recommended && rung.Steps > 0)
            enough += $" The best with it is {rung.Model} ({RecurrenceReport.Error(rung.Error)}).";
        if (!analysis.InWindows)
        {
            return memory.AtLeast ? $"The data remembers {memory}."
                : analysis.Recurrent is null ? $"{enough} No recurrent model is in the verdict: it is unknown whether more than {memory.Tried} steps help."
                : $"Recurrence is not needed. {enough}";
        }

        if (Carried is not { AgainstWindows: var difference })
            return $"{enough} No model that carries its state was compared: it is unknown whether memory beyond the window helps.";
        (string answer, string helps) = Carried.MayHelp
            ? ("is not shown to be needed", "Whether a state that is carried beyond the window helps is not decided")
            : ("is not needed", "A state that is carried beyond the window does not help");
        string learns = Carried.StillLearns ? " It still learned when its training ended: train longer before you rule it out." : "";
        return $"Recurrence {answer}. {enough} {helps}: the {terms.Metric} of {difference.First} "
            + $"is {PairedDifference.Percent(difference.Relative)} than that of {difference.Second} {difference.Interval}.{learns}";
    }

    // A recurrent cell inside a window is a function of it; truncated, it is feed-forward.
    private string CutOff(ComparedModel model) => (analysis.InWindows || WindowIsEnough) && !model.IsFeedForward
        && model.Memory is { } memory && memory.Steps < memory.LongestExample
        ? string.Create(CultureInfo.InvariantCulture, $"Truncate({memory.Steps}) makes it a feed-forward model of these steps; ")
            + $"MeasureTruncation measures the error{(model.Certificate.OfNetwork.IsCertified ? ", and its certificate bounds it" : "")}."
        : "";

    // A solved model does not rule out a model that still learns.
    private Recommendation Recommend(ComparedReference reference, PairedDifference difference)
    {
        string[] sentences =
        [
            ReferenceText.Answer(reference, difference),
            ReferenceText.Evidence(reference, difference, terms.Metric),
            Window(reference.Name),
            .. Learning(),
            Chance(analysis.Decide().Model.Losses.Length),
        ];
        return new Recommendation(reference.Name, NeedsRecurrence: false, string.Join(" ", sentences.Where(sentence => sentence.Length > 0)));
    }

    private static string Chance(int seeds) => seeds == 1 ? "One seed shows only the variance over test rows, not that of training: compare with several "
        + "seeds before you rely on it." : "";

    private ComparedModel Model(string name) => models.Single(model => model.Name == name);

    private string Context(ComparedModel model)
    {
        if (model.Memory is not { } horizon)
            return "";
        return horizon.Steps == horizon.LongestExample
            ? string.Create(CultureInfo.InvariantCulture, $"It uses all {horizon.LongestExample} steps "
                + $"{(WindowIsEnough ? "that it sees: more than the data needs" : terms.Exhausted)}.")
            : string.Create(CultureInfo.InvariantCulture, $"The last {horizon.Steps} of {horizon.LongestExample} steps are enough for {model.Name} to be "
                + $"within {100 * horizon.Tolerance:G3} % (interval {horizon.StepsLow} to {horizon.StepsHigh}).");
    }

    private static string Memory(ComparedModel model)
    {
        MemoryCertificate certificate = model.Certificate.OfNetwork;
        if (model.IsFeedForward)
            return "";
        if (certificate.Lambda is { } lambda)
        {
            string kept = certificate.KeepsWindowStatistics ? "; the level and scale of a window still read all of it" : "";
            return string.Create(CultureInfo.InvariantCulture, $"Its forgetting is proven: at each step the distance between its states falls to at most "
                + $"{lambda:F3} of its value{kept}.");
        }

        return model.Memory?.ContractionRate is { } rate
            ? string.Create(CultureInfo.InvariantCulture, $"The distance between its states changes by a factor of {rate:F3} per step: measured, not proved.")
            : "";
    }

    private string Forgetting()
    {
        if (WorseStable is not { } behind || Shortfall is not null)
            return Shortfall?.ToString() ?? "";
        (ComparedModel stable, ComparedModel better) = (Model(behind.First), Model(behind.Second));
        if (!stable.Certificate.IsCertified || stable.Memory is not { } own || better.Memory is not { } used)
            return "";
        double negligible = RecurrenceTerms.Negligible(stable.Model);
        string kept = stable.Certificate.StepsFor(negligible) is { } steps
            ? string.Create(CultureInfo.InvariantCulture, $"{steps} steps")
            : "any number of steps";
        return string.Create(CultureInfo.InvariantCulture,
            $"{stable.Name} is worse, but no proof shows that its memory is too short: up to an error of {negligible:G3} its certificate allows {kept}, and "
                + $"{better.Name} uses {used.Steps} (measured; {stable.Name} {own.Steps}).");
    }

    // The models that trained on, and those that still learned at the end.
    private IEnumerable<string> Learning()
    {
        string[] longer = [.. models.Where(model => model.Model.Report.Epochs.Count > Epochs)
            .Select(model => string.Create(CultureInfo.InvariantCulture, $"{model.Name} ({model.Model.Report.Epochs.Count})"))];
        if (longer.Length > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"Trained for more than {Epochs} epochs, since the validation loss still fell: "
                + $"{string.Join(", ", longer)}.");
        string[] left = [.. analysis.LeftOut.Select(candidate => candidate.Name)];
        string them = left.Length == 1 ? "it" : "them";
        if (left.Length > 0)
            yield return $"Left out of the verdict, still learning when training ended: {string.Join(", ", left)}. Train longer before you rule {them} out.";
        foreach (ComparedModel model in models.Where(model => model.StillLearns && !left.Contains(model.Name)))
            yield return $"{model.Name} still learned when its training ended, and may become better yet.";
    }

    private static string Cost(ComparedModel model, ComparedModel? other)
    {
        if (!double.IsFinite(model.StepMicroseconds))
            return $"{model.Name} reads its sequences as a whole: it cannot be streamed.";
        return other is null || !double.IsFinite(other.StepMicroseconds)
            ? string.Create(CultureInfo.InvariantCulture, $"A step costs {model.StepMicroseconds:F1} µs.")
            : string.Create(CultureInfo.InvariantCulture, $"A step costs {model.StepMicroseconds:F1} µs, one of {other.Name} {other.StepMicroseconds:F1} µs.");
    }
}
