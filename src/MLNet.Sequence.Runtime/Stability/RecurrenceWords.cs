using System.Globalization;

namespace MLNet.Sequence.Stability;

/// <summary>What a comparison comes to, as one paragraph.</summary>
internal static class RecurrenceWords
{
    /// <param name="analysis">What was decided.</param>
    /// <param name="models">The models.</param>
    /// <param name="baselines">Forecasts that need no model.</param>
    public static Recommendation Recommend(RecurrenceAnalysis analysis, IReadOnlyList<ComparedModel> models, IReadOnlyList<ComparedBaseline> baselines)
    {
        (RecurrenceCandidate chosen, bool needed, string reason) = analysis.Decide();
        ComparedModel model = models.Single(other => other.Name == chosen.Name);
        int windows = chosen.Losses[0].Length, seeds = chosen.Losses.Length;
        List<string> sentences =
        [
            string.Create(CultureInfo.InvariantCulture, $"on {windows:N0} test windows with {seeds} {(seeds == 1 ? "seed" : "seeds")} {reason}."),
            Context(model),
            Memory(model),
            Cost(model, models.FirstOrDefault(other => other.Name == (model.IsFeedForward ? analysis.Recurrent : analysis.FeedForward)?.Name)),
        ];
        if (baselines.Where(baseline => baseline.Scores.StandardizedMeanSquaredError <= model.Error).MinBy(baseline => baseline.Scores.StandardizedMeanSquaredError) is { } naive)
            sentences.Insert(0, string.Create(CultureInfo.InvariantCulture, $"the {naive.Name} forecast is no worse than any model ({naive.Scores.StandardizedMeanSquaredError:F4}): use that, or train longer. Of the models:"));
        if (seeds == 1)
            sentences.Add("One seed says nothing of chance: compare with several before you rely on it.");
        string text = string.Join(" ", sentences.Where(sentence => sentence.Length > 0));
        return new Recommendation(chosen.Name, needed, char.ToUpperInvariant(text[0]) + text[1..]);
    }

    private static string Context(ComparedModel model)
    {
        HorizonReport horizon = model.Horizon;
        return horizon.Steps == horizon.LongestExample
            ? string.Create(CultureInfo.InvariantCulture, $"It uses all {horizon.LongestExample} steps that it sees: a longer context may be worth a try.")
            : string.Create(CultureInfo.InvariantCulture, $"The last {horizon.Steps} of {horizon.LongestExample} steps are enough for {model.Name} to be within {100 * horizon.Tolerance:G3} % (interval {horizon.StepsLow} to {horizon.StepsHigh}).");
    }

    private static string Memory(ComparedModel model)
    {
        MemoryCertificate certificate = model.Certificate;
        if (model.IsFeedForward)
            return "";
        if (certificate.IsCertified && certificate.Lambda is { } lambda)
            return string.Create(CultureInfo.InvariantCulture, $"What it forgets is proved: its states come nearer by a factor of {lambda:F3} per step at least.");
        return model.Horizon.ContractionRate is { } rate
            ? string.Create(CultureInfo.InvariantCulture, $"Its states come nearer by a factor of {rate:F3} per step: measured, not proved.")
            : "";
    }

    private static string Cost(ComparedModel model, ComparedModel? other) => other is null
        ? string.Create(CultureInfo.InvariantCulture, $"A step costs {model.StepMicroseconds:F1} µs.")
        : string.Create(CultureInfo.InvariantCulture, $"A step costs {model.StepMicroseconds:F1} µs, one of {other.Name} {other.StepMicroseconds:F1} µs.");
}
