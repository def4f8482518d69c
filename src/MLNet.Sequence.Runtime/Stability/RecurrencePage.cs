using System.Globalization;
using System.Net;
using System.Text;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Stability;

/// <summary>A report as one page of HTML: style, text and curves in one file.</summary>
internal sealed class RecurrencePage(RecurrenceReport report, string title)
{
    private const string Style =
        """
        :root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#16202c;--soft:#5b6b7c;--line:#e2e7ed;--accent:#0f766e;--wash:#eaf5f3}
        @media(prefers-color-scheme:dark){:root{--page:#11161c;--card:#1a212a;--ink:#e8edf2;--soft:#9aa9b8;--line:#2c3743;--accent:#5eead4;--wash:#16302d}}
        *{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
        main{max-width:1180px;margin:0 auto;padding:28px 20px 48px}h1{font-size:1.9rem;line-height:1.2;margin:.1em 0 .2em;letter-spacing:-.015em}h2{font-size:1.15rem;margin:0 0 .7em}
        p{margin:.4em 0}.kicker{color:var(--accent);font-weight:600;margin:0}.soft{color:var(--soft);font-size:.92rem}
        section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:22px 24px;margin-top:20px}.answer{background:var(--wash);border-color:transparent}
        .answer strong{font-size:1.45rem;line-height:1.25;display:block;margin-bottom:.35em}
        .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:18px 0 0}.facts div{background:var(--card);border-radius:10px;padding:10px 14px}
        .facts b{display:block;font-size:1.3rem;font-variant-numeric:tabular-nums;line-height:1.3}.facts span{color:var(--soft);font-size:.84rem}
        table{width:100%;border-collapse:collapse;font-size:.93rem;font-variant-numeric:tabular-nums}th{color:var(--soft);font-weight:600;text-align:right;font-size:.83rem;padding:6px 8px;border-bottom:1px solid var(--line);vertical-align:bottom}
        td{text-align:right;padding:9px 8px;border-bottom:1px solid var(--line);white-space:nowrap}tr:last-child td{border-bottom:0}th:first-child,td:first-child{text-align:left;padding-left:0}
        tr.chosen td{background:var(--wash)}tr.chosen td:first-child{font-weight:700;border-radius:8px 0 0 8px;padding-left:8px}tr.chosen td:last-child{border-radius:0 8px 8px 0}
        td small{display:block}td:first-child small{margin-left:19px}.scroll{overflow-x:auto}i.key{display:inline-block;width:11px;height:11px;border-radius:50%;margin-right:8px;vertical-align:-1px}small{color:var(--soft);font-size:.8rem}
        .charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:20px}.charts section{margin:0}.charts>*{min-width:0}.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:22px 4px 10px;font-size:.9rem}
        svg{display:block;width:100%;height:auto}svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--soft)}svg text.name{fill:var(--ink);font-size:12px}.grid{stroke:var(--line)}.mark{stroke:var(--soft);stroke-dasharray:3 3}
        main>.soft{margin:18px 4px 0}ul{margin:.3em 0;padding-left:1.2em}li{margin:.35em 0}
        @media(max-width:760px){.scroll{overflow:visible}main{padding:16px 12px 32px}section{padding:16px}h1{font-size:1.5rem}.charts{grid-template-columns:minmax(0,1fr);gap:14px}.facts{grid-template-columns:1fr 1fr}
        thead{display:none}table,tbody,tr,td{display:block}tr{padding:10px 0;border-bottom:1px solid var(--line)}tr:last-child{border:0}td,tr.chosen td{border:0!important;padding:2px 0;display:flex;justify-content:flex-end;align-items:baseline;gap:8px;background:none;white-space:normal}td:first-child,tr.chosen td:first-child{font-weight:700;font-size:1.02rem;justify-content:flex-start;gap:0;align-items:center}
        td::before{content:attr(data-name);color:var(--soft);font-weight:400;margin-right:auto}svg text,svg text.name{font-size:15px}td:first-child::before{content:none}td:empty{display:none}td small{display:inline;margin-left:8px}tr.chosen{background:var(--wash);border-radius:10px;padding:10px 12px;margin:0 -12px;border:0}tr.chosen td:first-child{padding-left:0;justify-content:flex-start}}
        """;

    private const string Legend =
        "λ: the factor by which two states of a recurrent model that see the same inputs come nearer to each other at each step, below 1 where it forgets: certified, that is proved, or measured on the test rows. Enough (1 %): the last steps with which a model by itself costs at most 1 % more than with all that it sees.";

    private readonly RecurrenceCharts _charts = new(report);

    public string Write()
    {
        var page = new StringBuilder();
        page.AppendLine("<!DOCTYPE html>").AppendLine("<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        page.AppendLine(CultureInfo.InvariantCulture, $"<title>Do you need recurrence? {Text(title)}</title>").Append("<style>").AppendLine(Style).AppendLine("</style></head><body><main>");
        page.AppendLine(CultureInfo.InvariantCulture, $"<header><p class=\"kicker\">Do you need recurrence?</p><h1>{Text(title)}</h1><p class=\"soft\">{report.Models.Count - (report.RecommendedReference?.Model is null ? 0 : 1)} architectures, {Seeds()}, {report.Examples:N0} test {report.Terms.Examples}; {RecurrenceTerms.Extent(report.Models[0].Model.Task)}</p></header>");
        page.AppendLine(CultureInfo.InvariantCulture, $"<section class=\"answer\"><strong>{Text(Answer())}</strong><p>{Text(Because())}</p>{(report.Recommended is { } best ? Facts(best) : "")}</section>");
        page.AppendLine(CultureInfo.InvariantCulture, $"<section><h2>What each is worth, and what it costs</h2>{Table()}</section>");
        page.AppendLine(CultureInfo.InvariantCulture, $"<div class=\"legend\">{string.Concat(report.Models.Select(model => $"<span>{Key(model)}{Text(model.Name)} <small>{Kind(model)}</small></span>"))}</div>");
        page.AppendLine("<div class=\"charts\">");
        if (report.DataMemory is { } memory)
            Chart(page, "How much of the past carries information", _charts.Ladder(memory), $"Of models that see so many last steps, the best on the validation rows. Enough: {memory}.");
        Chart(page, "Error on the test rows", _charts.Errors(), "The dot is the mean over seeds; the bar is its interval.");
        Chart(page, "Memory horizon", _charts.Horizons(), "Where a curve falls to the dotted line, more steps are of no use. Recurrent models are dashed.");
        if (report.Models.Any(model => model.Horizon.Influence.Any(influence => double.IsFinite(influence.Perturbation))))
            Chart(page, "What a past input counts", _charts.Influences(), "The change of the network's output when one input is moved by a standard deviation.");
        if (report.Models.Any(model => double.IsFinite(model.StepMicroseconds)))
            Chart(page, "Error beside cost", _charts.Costs(), "Lower and further left is better.");
        page.AppendLine("</div>").AppendLine(CultureInfo.InvariantCulture, $"<section><h2>What the comparisons show</h2>{Findings()}</section>").Append(Method());
        return page.AppendLine("</main></body></html>").ToString();
    }

    private string Answer()
    {
        if (report.CarriesState is { IsNeeded: true })
            return $"Yes. A state that is carried beyond the window helps: use {report.Recommendation.Architecture}.";
        if (report.RecommendedReference is not null)
            return ReferenceWords.First(report.Recommendation);
        // Of rows that are read from their start the kinds of models say whether it is recurrence that is needed beyond the steps tried.
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
            (null, _) => $"One kind alone was compared: {use}",
            (PairedVerdict.Undecided, _) => $"Not shown. The data does not settle it: {use}",
            (_, true) => $"Yes. Recurrence, or a longer window, helps here: {use}",
            (_, false) => $"No. A feed-forward window will do: {use}",
        };
    }

    // Behind the answer, which it begins with where a reference is recommended.
    private string Because() => report.RecommendedReference is not null
        ? report.Recommendation.Because[ReferenceWords.First(report.Recommendation).Length..].TrimStart()
        : report.Recommendation.Because;

    private string Facts(ComparedModel best)
    {
        (string Value, string Name)[] facts =
        [
            (RecurrenceReport.Error(best.Error), $"{report.Metric}, in {report.Terms.Unit}"),
            (string.Create(CultureInfo.InvariantCulture, $"{best.Horizon.Steps} of {best.Horizon.LongestExample}"), string.Create(CultureInfo.InvariantCulture, $"last steps are enough (to {100 * best.Horizon.Tolerance:G3} %)")),
            (Micros(best), best.StepsInConstantTime ? "per step of a stream" : double.IsFinite(best.StepMicroseconds) ? "per step of a stream, the context run anew" : "reads sequences as a whole: no streams"),
            (best.Model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture), "parameters"),
        ];
        return $"<div class=\"facts\">{string.Concat(facts.Select(fact => $"<div><b>{Text(fact.Value)}</b><span>{Text(fact.Name)}</span></div>"))}</div>";
    }

    private string Table()
    {
        string[] names = ["", report.Terms.Head, "parameters", "training", "step", $"{report.Terms.Examples}/s", "memory", "λ certified", "λ measured", "reads", "enough (1 %)"];
        var table = new StringBuilder($"<div class=\"scroll\"><table><thead><tr>{string.Concat(names.Select(name => $"<th>{Text(name)}</th>"))}</tr></thead><tbody>");
        foreach (ComparedModel model in report.Models)
        {
            string[] cells =
            [
                $"{Key(model)}{Text(model.Name)}<small>{Kind(model)}</small>",
                string.Create(CultureInfo.InvariantCulture, $"{RecurrenceReport.Error(model.Error)}<small>{RecurrenceReport.Error(model.ErrorLow)}–{RecurrenceReport.Error(model.ErrorHigh)}</small>"),
                model.Model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture),
                Number(model.TrainingSeconds, "F1") + " s",
                Micros(model),
                Number(model.ExamplesPerSecond, "N0"),
                RecurrenceReport.Bytes(model),
                model.Certificate.OfNetwork.Lambda is { } lambda ? Number(lambda, "F3") : "–",
                model.Horizon.ContractionRate is { } rate ? Number(rate, "F3") : "–",
                model.Certificate.ReceptiveField is { } field ? string.Create(CultureInfo.InvariantCulture, $"{field:N0} steps") : "all steps",
                string.Create(CultureInfo.InvariantCulture, $"{model.Horizon.Steps} steps<small>{model.Horizon.StepsLow}–{model.Horizon.StepsHigh}</small>"),
            ];
            string chosen = model.Name == report.Recommendation.Architecture ? " class=\"chosen\"" : "";
            table.Append(CultureInfo.InvariantCulture, $"<tr{chosen}>{string.Concat(cells.Select((cell, i) => $"<td data-name=\"{Text(names[i])}\">{cell}</td>"))}</tr>");
        }

        string empty = string.Concat(Enumerable.Repeat("<td></td>", names.Length - 2));
        foreach (ComparedReference reference in report.References.Where(reference => reference != report.RecommendedReference))
            table.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(reference.Name)}<small>needs no network</small></td><td data-name=\"{report.Terms.Head}\">{RecurrenceReport.Error(reference.Error)}<small>{RecurrenceReport.Error(reference.ErrorLow)}–{RecurrenceReport.Error(reference.ErrorHigh)}</small></td>{empty}</tr>");
        foreach (ComparedBaseline baseline in report.OtherBaselines)
            table.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(baseline.Name)}</td><td data-name=\"{report.Terms.Head}\">{RecurrenceReport.Error(baseline.Error)}</td>{empty}</tr>");
        return table.Append(CultureInfo.InvariantCulture, $"</tbody></table></div><p class=\"soft\">{Text(report.Terms.Meaning)} {Legend}{(report.CarriesState is null ? "" : $" {CarriedRecurrence.Meaning}")}</p>").ToString();
    }

    private string Findings()
    {
        IEnumerable<string> findings = new[] { report.FeedForwardAgainstRecurrent, report.StableAgainstUnconstrained }.OfType<PairedDifference>().Select(difference => $"{difference}.");
        IEnumerable<string> certificates = report.Models.Select(model => $"{model.Name}: {model.Certificate}");
        return $"<ul>{string.Concat(findings.Concat(certificates).Select(text => $"<li>{Text(text)}</li>"))}</ul>";
    }

    private string Method()
    {
        string behind = report.Models.Any(model => model.Model.Network.Normalization is not null) ? " Memory is that of the network behind the level and scale of the window." : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"<p class=\"soft\">Each architecture was trained {Seeds()} under the same options, for as long as its validation loss fell within the budget.{LeftOut()} Models are chosen on validation rows and compared on test rows, {report.Terms.Examples[..^1]} by {report.Terms.Examples[..^1]}; {Intervals()}.{behind} Costs are of this machine, one thread.</p>");
    }

    private string Intervals() => string.Create(CultureInfo.InvariantCulture,
        $"intervals of {100 * report.Confidence:G3} % are Student's, by the variance over {(report.Rounds == 1 ? "" : "seeds and over ")}{(report.Terms.Examples == "windows" ? "time (cosine transforms of the losses)" : "rows")}; those of pairs hold all together")
        + string.Concat(report.Remarks.Concat(report.Levels()).Concat(report.Rates()).Select(remark => $". {remark.TrimEnd('.')}"));

    private string LeftOut() => report.LeftOut.Count == 0 ? "" : $" Left out of the verdict, still learning when training ended: {Text(string.Join(", ", report.LeftOut))}.";

    private string Seeds() => report.Rounds == 1 ? "with one seed" : string.Create(CultureInfo.InvariantCulture, $"with {report.Rounds} seeds");

    private static void Chart(StringBuilder page, string name, string svg, string caption) =>
        page.AppendLine(CultureInfo.InvariantCulture, $"<section><h2>{Text(name)}</h2>{svg}<p class=\"soft\">{Text(caption)}</p></section>");

    private string Key(ComparedModel model) => $"<i class=\"key\" style=\"background:{_charts.Color(model)}\"></i>";

    private static string Kind(ComparedModel model) => model.Model.Architecture.IsSolved ? "solved, not trained" : model.IsFeedForward ? "feed-forward" : model.IsStable ? "recurrent, stable" : "recurrent";

    private static string Micros(ComparedModel model) => double.IsFinite(model.StepMicroseconds) ? Number(model.StepMicroseconds, "F1") + " µs" : "–";

    private static string Number(double value, string format) => RecurrenceReport.Number(value, format);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
