using System.Net;

namespace MLNet.Sequence.Reports;

/// <summary>HTML of reports: a page of its own, or a part of another page. It is well-formed XML, and loads nothing from anywhere.</summary>
internal static class ReportPage
{
    private static readonly Lazy<string> Style = new(() =>
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    public static string Page(IReport report, string? title)
    {
        ReportContent content = report.Content;
        string shown = title ?? content.Kind;
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width,initial-scale=1"/>
            <title>{Text(title is null ? shown : $"{content.Kind} {title}")}</title>
            <style>
            {Style.Value}</style>
            </head>
            <body class="report">
            <main>{Main(content, shown)}
            </main>
            </body>
            </html>

            """;
    }

    /// <summary>The same for a page that others own: its style ends at its own element.</summary>
    public static string Part(IReport report)
    {
        ReportContent content = report.Content;
        return $"<div class=\"report\"><style>{Style.Value}</style><main>{Main(content, content.Kind)}</main></div>";
    }

    /// <summary>A chart in its frame.</summary>
    public static string Chart(ReportChart chart) =>
        $"""

        <section>
        <h2>{Text(chart.Name)}</h2>{chart.Svg}
        <p class="soft">{Text(chart.Caption)}</p>
        </section>
        """;

    /// <summary>The most important values, side by side.</summary>
    public static string Facts(IEnumerable<ReportFact> facts) =>
        $"<div class=\"facts\">{string.Concat(facts.Select(fact => $"<div><b>{Text(fact.Value)}</b><span>{Text(fact.Name)}</span></div>"))}</div>";

    /// <summary>A text in an element or an attribute. Characters that XML does not allow become U+FFFD, the replacement character.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(letter => IsAllowed(letter) ? letter : '\uFFFD')));

    private static bool IsAllowed(char letter) => letter >= ' ' ? letter < '\uFFFE' : letter is '\t' or '\n' or '\r';

    private static string Main(ReportContent content, string title) => content.Main?.Invoke(title)
        ?? $"""

            <header>{(title == content.Kind ? "" : $"\n<p class=\"kicker\">{Text(content.Kind)}</p>")}
            <h1>{Text(title)}</h1>
            </header>
            <section class="answer">
            <p>{Text(content.Summary)}</p>{(content.Facts.Count == 0 ? "" : Facts(content.Facts))}
            </section>{Charts(content.Charts)}{string.Concat(content.Tables.Where(table => table.Rows > 0).Select(Table))}
            """;

    private static string Charts(IReadOnlyList<ReportChart> charts) =>
        charts.Count == 0 ? "" : $"\n<div class=\"charts{(charts.Count == 1 ? " single" : "")}\">{string.Concat(charts.Select(Chart))}\n</div>";

    private static string Table(ReportTable table)
    {
        IEnumerable<string> rows = Enumerable.Range(0, table.Rows).Select(row => "\n<tr>" + string.Concat(table.Columns.Select(column =>
            $"<td data-name=\"{Text(column.Name)}\">{Text(column.Text(row))}</td>")) + "</tr>");
        return $"""

            <section>
            <h2>{Text(table.Name)}</h2>
            <div class="scroll"><table>
            <thead><tr>{string.Concat(table.Columns.Select(column => $"<th>{Text(column.Name)}</th>"))}</tr></thead>
            <tbody>{string.Concat(rows)}
            </tbody>
            </table></div>
            </section>
            """;
    }
}
