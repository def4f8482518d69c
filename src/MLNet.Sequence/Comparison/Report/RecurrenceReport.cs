using System.Globalization;
using System.Text;
using System.Text.Json;
using MLNet.Sequence.Comparison;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>
/// Do you need recurrence? Architectures trained under the same budget, the error and the cost of each, how much memory each uses,
/// and a recommendation. As text, as JSON, and as a self-contained HTML page.
/// </summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed record RecurrenceReport : IReport
{
    // From here on, digits after the decimal point would run into the next column.
    private const double Huge = 1e6;

    /// <summary>What a comparison answers.</summary>
    internal const string Question = "Do you need recurrence?";

    /// <summary>The models in their given order; if a reference is recommended, it comes last.</summary>
    public required IReadOnlyList<ComparedModel> Models { get; init => field = ValueList.Of(value); }

    /// <summary>
    /// The models that still learned when their training ended and are therefore left out of the verdict; the best model on the
    /// validation rows is never left out.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>
    /// The models whose training was stopped early, when and why (<see cref="CompareOptions.StopBeaten"/>); their errors are those of these epochs.
    /// </summary>
    public IReadOnlyList<StoppedModel> Stopped { get; init => field = ValueList.Of(value); } = ValueList.Create<StoppedModel>();

    /// <summary>Predictions that need no model, on the same test examples.</summary>
    public required IReadOnlyList<ComparedBaseline> Baselines { get; init => field = ValueList.Of(value); }

    /// <summary>The references that a model has to beat, simplest first; empty if the task has none.</summary>
    public IReadOnlyList<ComparedReference> References { get; init => field = ValueList.Of(value); } = ValueList.Create<ComparedReference>();

    /// <summary>
    /// The number of test examples, for models and references: windows for forecasts, else rows that hold a sequence, or pairs.
    /// </summary>
    public required int Examples { get; init; }

    /// <summary>What the errors leave out, and why, one sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init => field = ValueList.Of(value); } = ValueList.Create<string>();

    /// <summary>Trainings of each architecture, each with its own seed.</summary>
    public required int Rounds { get; init; }

    /// <summary>The probability that an interval holds the true value; for pairs, that all intervals do.</summary>
    public required double Confidence { get; init; }

    /// <summary>Is the best feed-forward model as good as the best recurrent one? Null if one kind is missing.</summary>
    public required PairedDifference? FeedForwardAgainstRecurrent { get; init; }

    /// <summary>Is the best stable model as good as the best unconstrained recurrent one? Null if one kind is missing.</summary>
    public required PairedDifference? StableAgainstUnconstrained { get; init; }

    /// <summary>
    /// Why the best stable model is worse than the recommended one. Null if there is none, if it is not clearly worse, or if no
    /// proof shows that it must forget steps that the other uses.
    /// </summary>
    public MemoryShortfall? MemoryShortfall { get; init; }

    /// <summary>
    /// How much of the past carries information; null for rows with one label, for pairs, if forecasters carry their state, or if it was not
    /// requested.
    /// </summary>
    public DataMemory? DataMemory { get; init; }

    /// <summary>
    /// Whether carrying state beyond the window helps; null if examples have no windows, if no recurrent architecture was compared, or if it
    /// was not requested.
    /// </summary>
    public CarriedRecurrence? CarriesState { get; init; }

    /// <summary>The model to use, and why.</summary>
    public required Recommendation Recommendation { get; init; }

    /// <summary>
    /// The name of the error: "mean squared error" for forecasts and regression, "log-loss" for classes, "log-loss per step" for tags, and for
    /// next steps "mean squared error per step", "loss per step" or "log-loss per token", as for the targets of pairs. Squared errors are in units of the
    /// deviation of training, for forecasts that of each series; all others are in nats.
    /// </summary>
    public string Metric => Terms.Metric;

    /// <summary>The recommended model; null if it is a reference that exists only for the comparison.</summary>
    public ComparedModel? Recommended => Models.FirstOrDefault(model => model.Name == Recommendation.Architecture);

    /// <summary>The reference that is recommended instead of any model; null if a model is recommended.</summary>
    public ComparedReference? RecommendedReference => References.FirstOrDefault(reference => reference.Name == Recommendation.Architecture);

    /// <summary>The baselines that are not among the references.</summary>
    internal IEnumerable<ComparedBaseline> OtherBaselines =>
        Baselines.Where(baseline => References.All(reference => reference.Name != baseline.Name.Replace(' ', '-')));

    internal RecurrenceTerms Terms => RecurrenceTerms.Of(Models[0].Model.Task);

    ReportContent IReport.Content => RecurrenceTable.Of(this);

    /// <summary>A page of HTML with tables and curves; it loads nothing from anywhere.</summary>
    /// <param name="title">The title, for example the name of the data.</param>
    public string ToHtml(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        return ReportPage.Page(this, title);
    }

    /// <summary>A JSON object with the properties of <see cref="WriteJson"/>.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            WriteJson(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>
    /// Writes <c>metric</c>, <c>examples</c>, <c>rounds</c>, <c>remarks</c>, <c>results</c>, <c>leftOut</c>, <c>stopped</c>, <c>references</c>,
    /// <c>baselines</c>, <c>comparisons</c>, <c>dataMemory</c>, <c>carriesState</c> and <c>recommendation</c> into the JSON object that is open.
    /// </summary>
    /// <param name="json">The writer; it is neither flushed nor closed.</param>
    public void WriteJson(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        RecurrenceJson.Write(json, this);
    }

    /// <summary>A table of the models and the recommendation; in the invariant culture, 120 columns wide.</summary>
    public override string ToString()
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.AppendLine(invariant, $"{"model",-16}{"kind",-13}{Terms.Head,11}{"interval",17}{"parameters",12}{"train s",9}{"step µs",9}"
            + $"{Terms.Examples + "/s",11}{"memory",11}{"lambda",8}{"steps for 1 %",15}");
        foreach (ComparedModel model in Models)
        {
            string interval = string.Create(invariant, $" {Error(model.ErrorLow)} … {Error(model.ErrorHigh)}");
            string steps = model.Memory is { } memory ? string.Create(invariant, $"{memory.Steps} ({memory.StepsLow}–{memory.StepsHigh})") : "–";
            text.AppendLine(invariant,
                $"{model.Name,-16}{Kind(model),-13}{Error(model.Error),11}{interval,17}{model.Model.ParameterCount,12:N0}{model.TrainingSeconds,9:F1}"
                    + $"{Number(model.StepMicroseconds, "F1"),9}{model.ExamplesPerSecond,11:N0}{Bytes(model),11}{model.Certificate.Lambda,8:F3}{steps,15}");
        }

        foreach (ComparedReference reference in References.Where(reference => Models.All(model => model.Name != reference.Name)))
            text.AppendLine(invariant,
                $"{reference.Name,-22}{"solved",-7}{Error(reference.Error),11}{$" {Error(reference.ErrorLow)} … {Error(reference.ErrorHigh)}",17}");
        foreach ((string name, double error, double low, double high) in Weighed())
            text.AppendLine(invariant, $"{name,-29}{Error(error),11}{$" {Error(low)} … {Error(high)}",17}");
        foreach (ComparedBaseline baseline in OtherBaselines)
            text.AppendLine(invariant, $"{baseline.Name,-19}{"no model",-10}{Error(baseline.Error),11}");
        text.AppendLine(invariant, $"{Examples:N0} test {Terms.Examples}, {Rounds} {(Rounds == 1 ? "seed" : "seeds")}; intervals of {100 * Confidence:G3} %.");
        foreach (string remark in Legend().Concat(Remarks).Concat(Levels()).Concat(Rates()).Concat(Stopped.Select(model => model.ToString())))
            text.AppendLine(Wrap(remark, 118));
        text.AppendLine();
        string head = RecommendedReference is null ? $"Recommended: {Recommendation.Architecture}. " : "";
        return text.Append(Wrap(head + Recommendation.Because, 118)).ToString();
    }

    // The meaning of the columns.
    private IEnumerable<string> Legend()
    {
        yield return Terms.Meaning;
        yield return $"Kinds: {Terms.Kinds}; a stable one is recurrent, and "
            + "its memory is proven to fade; a solved one is linear or repeats past values, and was not trained.";
        if (CarriesState is not null)
            yield return CarriedRecurrence.Meaning;
        if (Models.Any(model => model.Certificate.Lambda is not null))
            yield return "lambda: the proven factor by which the distance between two states that see the same inputs changes at each step; below "
                + "1 the model forgets.";
        if (Models.Any(model => model.Memory is not null))
            yield return "Steps for 1 %: the number of last steps with which a model's own error is at most 1 % larger than with all steps that it sees.";
    }

    // The two models that decide whether recurrence is needed and have no row of their own: the one that carries its state, and the best of a window.
    private IEnumerable<(string Name, double Error, double Low, double High)> Weighed()
    {
        if (CarriesState is not { } carried)
            yield break;
        string window = carried.AgainstWindows.Second;
        bool shown = Models.Any(model => model.Name == window) || References.Any(reference => reference.Name == window);
        if (!shown && DataMemory?.Ladder.FirstOrDefault(rung => rung.Model == window) is { } rung)
            yield return (window, rung.Error, rung.ErrorLow, rung.ErrorHigh);
        yield return (carried.AgainstWindows.First, carried.Error, carried.ErrorLow, carried.ErrorHigh);
    }

    /// <summary>How the models bring windows to a common level, one sentence; none without windows.</summary>
    internal IEnumerable<string> Levels() => Models[0].Model.Task.Series is { CarriesState: false }
        ? [$"Windows, as each model sees them: "
            + $"{string.Join("; ", Models.Select(model => $"{model.Name} {RecurrenceTerms.Level(model.Model.Task) ?? "as they are"}"))}."]
        : [];

    /// <summary>The learning rates of the trained models, one sentence; none if nothing was trained.</summary>
    internal IEnumerable<string> Rates()
    {
        ComparedModel[] trained = [.. Models.Where(model => model.LearningRate > 0)];
        string Rate(ComparedModel model) => model.LearningRate.ToString("G3", CultureInfo.InvariantCulture);
        return trained.Select(Rate).Distinct().Count() switch
        {
            0 => [],
            1 => [$"Learning rate: {Rate(trained[0])} for all."],
            _ => [$"Learning rates: {string.Join("; ", trained.Select(model => $"{model.Name} {Rate(model)}"))}."],
        };
    }

    /// <summary>The kind of a model in one word.</summary>
    internal static string Kind(ComparedModel model) =>
        model.Model.Architecture.IsSolved ? "solved" : model.IsFeedForward ? "feed-forward" : model.IsStable ? "stable" : "recurrent";

    /// <summary>"104 KiB".</summary>
    internal static string Bytes(ComparedModel model) =>
        string.Create(CultureInfo.InvariantCulture, $"{(model.Footprint.Weights + model.Footprint.Series) / 1024.0:N0} KiB");

    /// <summary>An error with four digits after the decimal point or, if it is huge, four significant digits.</summary>
    internal static string Error(double value) => Number(value, Math.Abs(value) < Huge ? "F4" : "G4");

    /// <summary>A number, or a dash if there is none.</summary>
    internal static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";

    private static string Wrap(string text, int width)
    {
        var lines = new StringBuilder();
        int column = 0;
        foreach (string word in text.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > width)
            {
                lines.AppendLine();
                column = 0;
            }

            lines.Append(column > 0 ? " " : "").Append(word);
            column += word.Length + (column > 0 ? 1 : 0);
        }

        return lines.ToString();
    }
}
