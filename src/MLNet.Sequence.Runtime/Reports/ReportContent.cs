namespace MLNet.Sequence.Reports;

/// <summary>What a report shows, without its form: every form is made of it.</summary>
/// <param name="Kind">What it reports, in a few words.</param>
internal sealed record ReportContent(string Kind)
{
    /// <summary>The result in one or two sentences.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The most important values.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];

    public IReadOnlyList<ReportChart> Charts { get; init; } = [];

    /// <summary>The tables, the most important first: it is the one that a DataFrame holds.</summary>
    public required IReadOnlyList<ReportTable> Tables { get; init; }

    /// <summary>For a report with a page of its own: its HTML below a title; null: facts, charts and tables.</summary>
    public Func<string, string>? Main { get; init; }
}

/// <summary>A value with its name, as written.</summary>
internal sealed record ReportFact(string Name, string Value);

/// <summary>A chart with its heading and a sentence below it.</summary>
internal sealed record ReportChart(string Name, string Svg, string Caption);

/// <summary>Columns of the same length under a heading.</summary>
internal sealed record ReportTable(string Name, params IReadOnlyList<ReportColumn> Columns)
{
    public int Rows => Columns[0].Count;
}
