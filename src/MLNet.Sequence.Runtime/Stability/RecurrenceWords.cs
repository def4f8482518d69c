using System.Globalization;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Stability;

/// <summary>What a comparison comes to, as one paragraph.</summary>
/// <param name="analysis">What was decided.</param>
/// <param name="models">The models.</param>
/// <param name="terms">What things are called.</param>
internal sealed class RecurrenceWords(RecurrenceAnalysis analysis, IReadOnlyList<ComparedModel> models, RecurrenceTerms terms)
{
    // The part of the validation loss that the last epoch takes away while a model is still far from its best.
    private const double Falling = 0.02;

    /// <summary>How much of the past carries information; null: not measured.</summary>
    public DataMemory? DataMemory { get; init; }

    /// <summary>Whether a state beyond the window helps; null: not measured.</summary>
    public CarriedRecurrence? Carried { get; init; }

    /// <summary>Why the best stable model is worse than the recommended one; null where it is not, or that is not known.</summary>
    public MemoryShortfall? Shortfall => Behind is { } behind ? MemoryShortfall.Of(behind, Model(behind.First), Model(behind.Second)) : null;

    // The best stable model against the recommended one, where it is clearly worse.
    private PairedDifference? Behind => analysis.Stable is { } stable && analysis.Decide().Model is var chosen && chosen != stable
        && analysis.Compare(stable, chosen) is { Verdict: PairedVerdict.Worse } worse ? worse : null;

    /// <param name="baselines">What needs no model.</param>
    /// <param name="references">What needs no training.</param>
    public Recommendation Recommend(IReadOnlyList<ComparedBaseline> baselines, IReadOnlyList<ComparedReference> references)
    {
        (RecurrenceCandidate chosen, bool needed, string reason) = analysis.Decide();
        if (Carried is { IsNeeded: true } carried)
            return Recommend(carried);
        if (analysis.Reference is { } simple)
            return Recommend(references.Single(reference => reference.Name == simple.Name), analysis.Compare(simple, chosen));
        ComparedModel model = Model(chosen.Name);
        int examples = chosen.Losses[0].Length, seeds = chosen.Losses.Length;
        List<string> sentences =
        [
            Window(),
            string.Create(CultureInfo.InvariantCulture,
                $"{(analysis.InWindows ? "Inside the window, on" : "On")} {examples:N0} test {terms.Examples} with {seeds} {(seeds == 1 ? "seed" : "seeds")}, {reason}."),
            Context(model),
            CutOff(model),
            Memory(model),
            Forgetting(),
            Cost(model, models.FirstOrDefault(other => other.Name == (model.IsFeedForward ? analysis.Recurrent : analysis.FeedForward)?.Name)),
        ];
        if (baselines.Where(baseline => baseline.Error <= model.Error).MinBy(baseline => baseline.Error) is { } baseline)
        {
            sentences.Insert(0, $"{model.Name} ({RecurrenceReport.Error(model.Error)}) is no better than {terms.Baseline(baseline.Name)} "
                + $"({RecurrenceReport.Error(baseline.Error)}), which needs no model: use that, or train longer. Of the models:");
        }

        sentences.AddRange([Unfinished(chosen.Name), Chance(seeds)]);
        string text = string.Join(" ", sentences.Where(sentence => sentence.Length > 0));
        return new Recommendation(chosen.Name, needed, char.ToUpperInvariant(text[0]) + text[1..]);
    }

    // A state that goes on is better than all windows, and than what needs no training.
    private Recommendation Recommend(CarriedRecurrence carried)
    {
        PairedDifference difference = carried.AgainstWindows;
        string[] sentences =
        [
            $"Recurrence is needed: the {terms.Metric} of {difference.First}, from the start of each series, is {PairedDifference.Percent(difference.Relative)} "
                + $"than that of {difference.Second}, the best of all that see a window {difference.Interval}.",
            $"Train {carried.Architecture} with CarriesState = true, or see whether a longer context does as well: the data remembers {DataMemory}.",
            Chance(analysis.Decide().Model.Losses.Length),
        ];
        return new Recommendation(carried.Architecture, NeedsRecurrence: true, string.Join(" ", sentences.Where(sentence => sentence.Length > 0)));
    }

    // Whether memory beyond the window is needed, and how long the window must be.
    private string Window()
    {
        if (DataMemory is not { } memory)
            return "";
        string enough = memory switch
        {
            { AtLeast: true } => string.Create(CultureInfo.InvariantCulture, $"The data remembers {memory}: a longer context may be worth a try."),
            { Steps: 0 } => "The past carries no information: the mean is as good as any forecast from it.",
            { Steps: 1 } => "A window of 1 step is enough: the last value says all.",
            _ => string.Create(CultureInfo.InvariantCulture, $"A window of {memory.Steps} steps is enough (interval {memory.StepsLow} to {memory.StepsHigh})."),
        };
        return Carried is { AgainstWindows: var difference }
            ? $"Recurrence is not needed. {enough} A state that is carried beyond the window does not help: the {terms.Metric} of {difference.First} "
                + $"is {PairedDifference.Percent(difference.Relative)} than that of {difference.Second} {difference.Interval}."
            : $"{enough} No model that carries its state was compared: nothing is said of memory beyond the window.";
    }

    // A recurrent cell inside a window is a function of it, and cut off it is feed-forward.
    private string CutOff(ComparedModel model) => analysis.InWindows && !model.IsFeedForward && model.Horizon.Steps < model.Horizon.LongestExample
        ? string.Create(CultureInfo.InvariantCulture, $"Cut off to these, by Truncate({model.Horizon.Steps}), it is a feed-forward model; ")
            + $"MeasureTruncation says with which error{(model.Certificate.OfNetwork.IsCertified ? ", and its certificate how large it can be" : "")}."
        : "";

    // What is solved is no reason to rule out a model that still learns.
    private Recommendation Recommend(ComparedReference reference, PairedDifference difference)
    {
        string[] sentences =
        [
            ReferenceWords.Answer(reference),
            ReferenceWords.Evidence(reference, difference, terms.Metric),
            Window(),
            Unfinished(reference.Name),
            Chance(analysis.Decide().Model.Losses.Length),
        ];
        return new Recommendation(reference.Name, NeedsRecurrence: false, string.Join(" ", sentences.Where(sentence => sentence.Length > 0)));
    }

    private static string Chance(int seeds) => seeds == 1 ? "One seed says nothing of chance: compare with several before you rely on it." : "";

    private ComparedModel Model(string name) => models.Single(model => model.Name == name);

    private string Context(ComparedModel model)
    {
        HorizonReport horizon = model.Horizon;
        return horizon.Steps == horizon.LongestExample
            ? string.Create(CultureInfo.InvariantCulture, $"It uses all {horizon.LongestExample} steps {terms.Exhausted}.")
            : string.Create(CultureInfo.InvariantCulture, $"The last {horizon.Steps} of {horizon.LongestExample} steps are enough for {model.Name} to be within {100 * horizon.Tolerance:G3} % (interval {horizon.StepsLow} to {horizon.StepsHigh}).");
    }

    private static string Memory(ComparedModel model)
    {
        MemoryCertificate certificate = model.Certificate.OfNetwork;
        if (model.IsFeedForward)
            return "";
        if (certificate.Lambda is { } lambda)
        {
            string kept = certificate.KeepsWindowStatistics ? "; the level and scale of a window still read all of it" : "";
            return string.Create(CultureInfo.InvariantCulture, $"What it forgets is proved: its states come nearer by a factor of {lambda:F3} per step at least{kept}.");
        }

        return model.Horizon.ContractionRate is { } rate
            ? string.Create(CultureInfo.InvariantCulture, $"Its states come nearer by a factor of {rate:F3} per step: measured, not proved.")
            : "";
    }

    private string Forgetting()
    {
        if (Behind is not { } behind || Shortfall is not null)
            return Shortfall?.ToString() ?? "";
        (ComparedModel stable, ComparedModel better) = (Model(behind.First), Model(behind.Second));
        if (!stable.Certificate.IsCertified)
            return "";
        double slight = RecurrenceTerms.Slight(stable.Model);
        string kept = stable.Certificate.StepsFor(slight) is { } steps ? string.Create(CultureInfo.InvariantCulture, $"{steps} steps") : "any number of steps";
        return string.Create(CultureInfo.InvariantCulture,
            $"{stable.Name} is worse, but not for a memory that is proved too short: to within {slight:G3} its certificate allows {kept}, and {better.Name} uses {better.Horizon.Steps} (measured; {stable.Name} {stable.Horizon.Steps}).");
    }

    private string Unfinished(string chosen)
    {
        string[] falling = [.. models.Where(model => model.Name != chosen && IsFalling(model.Model.Report.Epochs)).Select(model => model.Name)];
        return falling.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
            $"The validation loss of {string.Join(", ", falling)} still fell by more than {100 * Falling:G3} % in the last epoch: train longer before you rule {(falling.Length == 1 ? "it" : "them")} out.");
    }

    private static bool IsFalling(IReadOnlyList<EpochReport> epochs) =>
        epochs is [.., { ValidationLoss: { } before }, { ValidationLoss: { } last }] && before - last > Falling * Math.Abs(before);

    private static string Cost(ComparedModel model, ComparedModel? other)
    {
        if (!double.IsFinite(model.StepMicroseconds))
            return $"{model.Name} reads its sequences as a whole: it cannot be streamed.";
        return other is null || !double.IsFinite(other.StepMicroseconds)
            ? string.Create(CultureInfo.InvariantCulture, $"A step costs {model.StepMicroseconds:F1} µs.")
            : string.Create(CultureInfo.InvariantCulture, $"A step costs {model.StepMicroseconds:F1} µs, one of {other.Name} {other.StepMicroseconds:F1} µs.");
    }
}
