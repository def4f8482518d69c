namespace MLNet.Sequence.Reports;

/// <summary>
/// Says how a notebook's kernel shows a type. .NET Interactive looks for an attribute of this name, whatever its assembly, and for these names of
/// members: the library needs no package of it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType => formatterSourceType;

    public string[] PreferredMimeTypes { get; set; } = ["text/html"];
}

/// <summary>The formatters of reports, made by the kernel.</summary>
internal sealed class NotebookFormatters
{
    private readonly NotebookFormatter[] _forms = [new("text/html", ReportPage.Part), new("text/plain", Text)];

    // The kernel calls it on an instance that it makes.
    public IEnumerable<object> CreateTypeFormatters() => _forms;

    private static string Text(IReport report) => report.ToString()!;
}

/// <summary>One form of a report in a notebook.</summary>
internal sealed class NotebookFormatter(string mimeType, Func<IReport, string> write)
{
    public string MimeType => mimeType;

    /// <returns>Whether it was written.</returns>
    public bool Format(object instance, TextWriter writer)
    {
        if (instance is not IReport report)
            return false;
        writer.Write(write(report));
        return true;
    }
}
