using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Comparison;

/// <summary>The page of a comparison: text, table and curves.</summary>
internal sealed class RecurrencePage(RecurrenceReport report, string title)
{
    private const string Lambda = "λ: the factor by which the distance between two states of a recurrent model changes at each step if both see the same "
        + "inputs; below 1 it forgets.";

    private const string Measured = " λ is certified (proven), or measured on the test rows. Enough (1 %): the number of last steps with which a model's "
        + "own error is at most 1 % larger than with all steps that it sees.";

    // The columns of what is measured step by step.
    private const int MemoryColumns = 3;

    private readonly RecurrenceCharts _charts = new(report);

    public string Write()
    {
        int architectures = report.Models.Count - (report.RecommendedReference?.Model is null ? 0 : 1);
        string legend = string.Concat(report.Models.Select(model => $"<span>{Key(model)}{Text(model.Name)} <small>{Kind(model)}</small></span>"));
        return string.Create(CultureInfo.InvariantCulture,
            $"""

            <header>{(title == RecurrenceReport.Question ? "" : $"<p class=\"kicker\">{RecurrenceReport.Question}</p>")}
            <h1>{Text(title)}</h1>
            <p class="soft">{architectures} architectures, {Seeds()}, {report.Examples:N0} test {report.Terms.Examples}; {Extent()}</p>
            </header>
            <section class="answer">
            <strong>{Text(Answer())}</strong>
            <p>{Text(Because())}</p>{(report.Recommended is { } best ? Facts(best) : "")}
            </section>
            <section>
            <h2>Error and cost of each model</h2>{Table()}
            </section>
            <div class="legend">{legend}</div>
            <div class="charts">{string.Concat(Charts())}
            </div>
            <section>
            <h2>What the comparisons show</h2>{Findings()}
            </section>
            {Method()}
            """);
    }

    private bool MeasuresMemory => report.Models.Any(model => model.Memory is not null);

    private string Extent() => RecurrenceTerms.Extent(report.Models[0].Model.Task);

    private IEnumerable<string> Charts()
    {
        if (report.DataMemory is { } memory)
        {
            yield return Chart("How much of the past carries information", _charts.Ladder(memory),
                $"For each number of last steps, the model that is the best on the validation rows. Enough: {memory}.");
        }

        yield return Chart("Error on the test rows", _charts.Errors(), "The dot is the mean over seeds; the bar is its interval.");
        if (MeasuresMemory)
        {
            yield return Chart("Memory", _charts.Memories(),
                "Where a curve reaches the dotted line, more steps do not help. Recurrent models are dashed.");
        }

        if (report.Models.Any(model => model.Memory is { } memory && memory.Influence.Any(influence => double.IsFinite(influence.Perturbation))))
        {
            yield return Chart("Influence of past inputs", _charts.Influences(),
                "The change of the network's output when one input is moved by a standard deviation.");
        }

        if (report.Models.Any(model => double.IsFinite(model.StepMicroseconds)))
            yield return Chart("Error and cost", _charts.Costs(), "Lower and further left is better.");
    }

    private string Answer()
    {
        if (report.CarriesState is { IsNeeded: true })
            return $"Yes. A state that is carried beyond the window helps: use {report.Recommendation.Architecture}.";
        if (report.RecommendedReference is not null)
            return ReferenceText.First(report.Recommendation);
        // For rows that are read from their start, the kinds of models decide whether recurrence is needed beyond the steps tried.
        bool inRows = report.Terms.Examples == "rows";
        if (report.DataMemory is { } memory && !(inRows && memory.AtLeast))
        {
            string needed = report.CarriesState is { } carried ? carried.MayHelp ? "Not shown. " : "No. " : inRows ? "No. " : "";
            string enough = memory.AtLeast ? $"The data remembers {memory}" : $"A window of {memory.Steps} {(memory.Steps == 1 ? "step" : "steps")} is enough";
            return $"{needed}{enough}: use {report.Recommendation.Architecture}.";
        }

        string use = $"use {report.Recommendation.Architecture}.";
        return (report.FeedForwardAgainstRecurrent?.Verdict, report.Recommendation.NeedsRecurrence) switch
        {
            (null, _) => $"Only one kind was compared: {use}",
            (PairedVerdict.Undecided, _) => $"Not shown. The data does not settle it: {use}",
            (_, true) => $"Yes. {report.Terms.Needed}: {use}",
            (_, false) => $"No. {report.Terms.NotNeeded}: {use}",
        };
    }

    // After the answer. If a reference is recommended, the reasons begin with the answer.
    private string Because() => report.RecommendedReference is not null
        ? report.Recommendation.Because[ReferenceText.First(report.Recommendation).Length..].TrimStart()
        : report.Recommendation.Because;

    private string Facts(ComparedModel best)
    {
        ReportFact[] enough = best.Memory is not { } memory ? [] :
        [
            new(string.Create(CultureInfo.InvariantCulture, $"last steps are enough (to {100 * memory.Tolerance:G3} %)"),
                string.Create(CultureInfo.InvariantCulture, $"{memory.Steps} of {memory.LongestExample}")),
        ];
        string cost = best.StepsInConstantTime || best.Memory is null ? $"per step of {report.Terms.Stepped}"
            : double.IsFinite(best.StepMicroseconds) ? "per step of a stream, with the whole context run again"
            : "reads sequences as a whole: no streams";
        return ReportPage.Facts(
        [
            new($"{report.Metric}, in {report.Terms.Unit}", RecurrenceReport.Error(best.Error)),
            .. enough,
            new(cost, Micros(best)),
            new("parameters", best.Model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture)),
        ]);
    }

    private string Table()
    {
        string[] names =
        [
            "", report.Terms.Head, "parameters", "training", "step", $"{report.Terms.Examples}/s", "memory", "λ certified", "λ measured",
            "reads", "enough (1 %)",
        ];
        int count = names.Length - (MeasuresMemory ? 0 : MemoryColumns);
        names = names[..count];
        string Row(string start, IEnumerable<string> cells) =>
            $"\n<tr{start}>{string.Concat(cells.Select((cell, i) => cell.Length == 0 ? "<td></td>" : $"<td data-name=\"{Text(names[i])}\">{cell}</td>"))}</tr>";

        IEnumerable<string> nothing = Enumerable.Repeat("", names.Length - 2);
        IEnumerable<string> rows =
        [
            .. report.Models.Select(model => Row(model.Name == report.Recommendation.Architecture ? " class=\"chosen\"" : "", Cells(model)[..count])),
            .. report.References.Where(reference => reference != report.RecommendedReference).Select(reference => Row("",
                [$"{Text(reference.Name)}<small>needs no network</small>", Error(reference.Error, reference.ErrorLow, reference.ErrorHigh), .. nothing])),
            .. report.OtherBaselines.Select(baseline => Row("", [Text(baseline.Name), RecurrenceReport.Error(baseline.Error), .. nothing])),
        ];
        string carried = report.CarriesState is null ? "" : $" {CarriedRecurrence.Meaning}";
        return $"""
            <div class="scroll"><table>
            <thead><tr>{string.Concat(names.Select(name => $"<th>{Text(name)}</th>"))}</tr></thead>
            <tbody>{string.Concat(rows)}
            </tbody>
            </table></div>
            <p class="soft">{Text(report.Terms.Meaning)} {Lambda}{(MeasuresMemory ? Measured : "")}{carried}</p>
            """;
    }

    private string[] Cells(ComparedModel model) =>
    [
        $"{Key(model)}{Text(model.Name)}<small>{Kind(model)}</small>",
        Error(model.Error, model.ErrorLow, model.ErrorHigh),
        model.Model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture),
        Number(model.TrainingSeconds, "F1") + " s",
        Micros(model),
        Number(model.ExamplesPerSecond, "N0"),
        RecurrenceReport.Bytes(model),
        model.Certificate.OfNetwork.Lambda is { } lambda ? Number(lambda, "F3") : "–",
        model.Memory?.ContractionRate is { } rate ? Number(rate, "F3") : "–",
        model.Certificate.ReceptiveField is { } field ? string.Create(CultureInfo.InvariantCulture, $"{field:N0} steps") : "all steps",
        model.Memory is { } memory
            ? string.Create(CultureInfo.InvariantCulture, $"{memory.Steps} steps<small>{memory.StepsLow}–{memory.StepsHigh}</small>")
            : "–",
    ];

    private static string Error(double error, double low, double high) =>
        $"{RecurrenceReport.Error(error)}<small>{RecurrenceReport.Error(low)}–{RecurrenceReport.Error(high)}</small>";

    private string Findings()
    {
        IEnumerable<string> findings = new[] { report.FeedForwardAgainstRecurrent, report.StableAgainstUnconstrained }
            .OfType<PairedDifference>().Select(difference => $"{difference}.");
        IEnumerable<string> certificates = report.Models.Select(model => $"{model.Name}: {model.Certificate}");
        return $"<ul>{string.Concat(findings.Concat(certificates).Select(text => $"<li>{Text(text)}</li>"))}</ul>";
    }

    private string Method()
    {
        string example = report.Terms.Examples[..^1];
        string behind = report.Models.Any(model => model.Model.Network.Normalization is not null)
            ? " Memory is that of the network after the level and scale of the window are removed."
            : "";
        return $"<p class=\"soft\">Each architecture was trained {Seeds()} under the same options, for as long as its validation loss fell within the budget."
            + $"{LeftOut()} Models are chosen on validation rows and compared on test rows, {example} by {example}; {Intervals()}.{behind} "
            + "Costs are measured on this machine, with one thread.</p>";
    }

    private string Intervals()
    {
        string seeds = report.Rounds == 1 ? "" : "seeds and over ";
        string over = report.Terms.Examples == "windows" ? "time (cosine transforms of the losses)" : report.Terms.Examples;
        return string.Create(CultureInfo.InvariantCulture,
            $"intervals of {100 * report.Confidence:G3} % are Student's, from the variance over {seeds}{over}; those of pairs hold jointly")
            + string.Concat(report.Remarks.Concat(report.Levels()).Concat(report.Rates()).Concat(report.Stopped.Select(model => $"{model}"))
                .Select(remark => $". {remark.TrimEnd('.')}"));
    }

    private string LeftOut() => report.LeftOut.Count == 0
        ? ""
        : $" Left out of the verdict, still learning when training ended: {Text(string.Join(", ", report.LeftOut))}.";

    private string Seeds() => report.Rounds == 1 ? "with one seed" : string.Create(CultureInfo.InvariantCulture, $"with {report.Rounds} seeds");

    private static string Chart(string name, string svg, string caption) => ReportPage.Chart(new ReportChart(name, svg, caption));

    private string Key(ComparedModel model) => $"<i class=\"key\" style=\"background:{_charts.Color(model)}\"></i>";

    private static string Kind(ComparedModel model) => model.Model.Architecture.IsSolved ? "solved, not trained"
        : model.IsFeedForward ? "feed-forward"
        : model.IsStable ? "recurrent, stable"
        : "recurrent";

    private static string Micros(ComparedModel model) => double.IsFinite(model.StepMicroseconds) ? Number(model.StepMicroseconds, "F1") + " µs" : "–";

    private static string Number(double value, string format) => RecurrenceReport.Number(value, format);

    private static string Text(string text) => ReportPage.Text(text);
}
