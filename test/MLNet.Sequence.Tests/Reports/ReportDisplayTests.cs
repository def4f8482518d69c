using System.Text.RegularExpressions;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Tests.Reports;

/// <summary>Every report has its contract, and is shown where there is a browser and where there is none.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ReportDisplayTests
{
    private static readonly NextStepMetrics Report = new(StepKind.Token, [(1.5, 10)]);

    [TestMethod]
    public void Every_report_derives_the_contract()
    {
        HashSet<Type> covered = [.. typeof(ReportDisplayTests).Assembly.GetTypes()
            .Where(type => type.BaseType is { IsGenericType: true } outer && outer.GetGenericTypeDefinition() == typeof(ReportContract<>))
            .Select(type => type.BaseType!.GetGenericArguments()[0])];
        Type[] packages = [.. new[] { typeof(ForecastingMetrics), typeof(RecurrenceReport) }.SelectMany(type => type.Assembly.GetExportedTypes())];
        Type[] reports = [.. packages.Where(type => typeof(IReport).IsAssignableFrom(type) && !type.IsInterface)];
        Assert.IsEmpty(reports.Except(covered), string.Join(", ", reports.Except(covered)));
        // Parts of a report: an epoch, what Newton's method reached in it, and a baseline of an evaluation.
        IEnumerable<Type> forgotten = packages.Where(type => Regex.IsMatch(type.Name, "(Report|Metrics|Certificate|Curve)$") && !type.IsAbstract)
            .Except(reports).Except([typeof(EpochReport), typeof(NewtonReport), typeof(ReferenceMetrics)]);
        Assert.IsEmpty(forgotten, string.Join(", ", forgotten));
    }

    [TestMethod]
    public void The_page_is_opened_from_a_file()
    {
        string? opened = null;
        string path = ReportDisplay.Show(Report, "text", file => (opened = file) is not null);
        Assert.AreEqual(path, opened);
        Assert.AreEqual(Report.ToHtml("text"), File.ReadAllText(path));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [TestMethod]
    public void The_path_is_printed_where_there_is_no_browser()
    {
        TextWriter before = Console.Out;
        using var text = new StringWriter();
        Console.SetOut(text);
        string path;
        try
        {
            path = ReportDisplay.Show(Report, null, _ => false);
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.AreEqual(path, text.ToString().Trim());
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [TestMethod]
    public void Dates_on_an_axis_are_round()
    {
        static string[] Between(string low, string high) => [.. new ChartAxis(
            DateTime.Parse(low, System.Globalization.CultureInfo.InvariantCulture).ToOADate(),
            DateTime.Parse(high, System.Globalization.CultureInfo.InvariantCulture).ToOADate(), IsLogarithmic: false).Dates().Select(date => date.Text)];

        CollectionAssert.AreEqual(new[] { "03-01 12:00", "03-01 18:00", "03-02 00:00", "03-02 06:00" }, Between("2024-03-01 09:30", "2024-03-02 11:00"));
        CollectionAssert.AreEqual(new[] { "2024-03-02", "2024-03-03", "2024-03-04" }, Between("2024-03-01 09:30", "2024-03-04 11:00"));
        CollectionAssert.AreEqual(new[] { "2023-04", "2023-07", "2023-10", "2024-01" }, Between("2023-03-15", "2024-03-04"));
    }
}
