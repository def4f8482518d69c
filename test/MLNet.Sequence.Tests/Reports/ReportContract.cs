using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Data.Analysis;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Tests.Reports;

/// <summary>What every report does: its page, its part in a notebook and its DataFrame say what its text says.</summary>
public abstract class ReportContract<T>
    where T : class, IReport
{
    private const string Name = "<b>&\"'</b>";

    private readonly Lazy<T> _report;

    protected ReportContract() => _report = new Lazy<T>(() => Report(Name));

    /// <summary>A report of several numbers.</summary>
    /// <param name="name">A name that stands wherever the report has names.</param>
    protected abstract T Report(string name);

    /// <summary>Whether the report shows names of data.</summary>
    protected virtual bool ShowsNames => true;

    /// <summary>The numbers of the text that the page must have.</summary>
    protected virtual IEnumerable<string> Numbers(string text) => Regex.Matches(text, @"(?<![\w.])-?\d+(\.\d+)?(E[+-]\d+)?").Select(match => match.Value);

    [TestMethod]
    public void The_page_is_well_formed_and_loads_nothing()
    {
        string page = _report.Value.ToHtml(Name);
        Assert.IsTrue(XDocument.Parse(page).Descendants("main").Any());
        foreach (string loaded in new[] { "http", "src=", "href=", "@import", "url(", "<script", "<link" })
            Assert.DoesNotContain(loaded, page);
        Assert.DoesNotContain("NaN", page);
    }

    [TestMethod]
    public void Names_are_text_and_not_markup()
    {
        string page = _report.Value.ToHtml(Name), part = ReportPage.Part(_report.Value);
        Assert.DoesNotContain(Name, page);
        StringAssert.Contains(Text(page), Name);
        Assert.AreEqual(ShowsNames, Text(part).Contains(Name, StringComparison.Ordinal));
        StringAssert.Contains(_report.Value.ToHtml(), "<h1>");
    }

    [TestMethod]
    public void Characters_that_XML_does_not_allow_are_replaced()
    {
        T report = Report("a\u0001b\uFFFEc\td");
        string page = report.ToHtml("x\0y");
        Assert.AreEqual(ShowsNames, XDocument.Parse(page).Root!.Value.Contains("a\uFFFDb\uFFFDc\td", StringComparison.Ordinal));
        StringAssert.Contains(page, "x\uFFFDy");
        XElement.Parse(ReportPage.Part(report));
    }

    [TestMethod]
    public void The_page_has_the_numbers_of_the_text()
    {
        string shown = Text(_report.Value.ToHtml("numbers"));
        string[] numbers = [.. Numbers(_report.Value.ToString()!).Distinct()];
        Assert.IsGreaterThan(1, numbers.Length);
        string[] missing = [.. numbers.Where(number => !shown.Contains(number, StringComparison.Ordinal))];
        Assert.IsEmpty(missing, string.Join(", ", missing));
    }

    // The kernel has no reference to this library, and this library none to it: names alone decide.
    [TestMethod]
    public void A_notebook_finds_the_page_by_the_names_of_its_convention()
    {
        object source = typeof(T).GetCustomAttributes(inherit: true).Single(one => one.GetType().Name == "TypeFormatterSourceAttribute");
        var type = (Type)source.GetType().GetProperty("FormatterSourceType")!.GetValue(source)!;
        var formatters = (IEnumerable<object>)type.GetMethod("CreateTypeFormatters")!.Invoke(Activator.CreateInstance(type), null)!;
        Dictionary<string, string> shown = formatters.ToDictionary(
            one => (string)one.GetType().GetProperty("MimeType")!.GetValue(one)!,
            one =>
            {
                using var text = new StringWriter();
                Assert.IsTrue((bool)one.GetType().GetMethod("Format")!.Invoke(one, [_report.Value, text])!);
                return text.ToString();
            });
        var part = XElement.Parse(shown["text/html"]);
        Assert.AreEqual("div", part.Name.LocalName);
        // Everything is inside one rule, whose element is this one: the notebook's own looks stay.
        string style = part.Descendants("style").Single().Value.Trim();
        StringAssert.StartsWith(style, ".report {");
        Assert.AreEqual(style.Length - 1, End(style));
        Assert.AreEqual(_report.Value.ToString(), shown["text/plain"]);
    }

    [TestMethod]
    public void The_table_of_the_page_is_the_DataFrame()
    {
        DataFrame frame = _report.Value.ToDataFrame();
        Assert.IsGreaterThan(0, frame.Rows.Count);
        if (XElement.Parse(ReportPage.Part(_report.Value)).Descendants("table").FirstOrDefault() is not { } table || HasOwnPage)
            return;
        CollectionAssert.AreEqual(table.Descendants("th").Select(head => head.Value).ToArray(), frame.Columns.Select(column => column.Name).ToArray());
        XElement[] rows = [.. table.Element("tbody")!.Elements("tr")];
        Assert.HasCount(rows.Length, Enumerable.Range(0, (int)frame.Rows.Count).ToArray());
        for (int row = 0; row < rows.Length; row++)
        {
            foreach ((XElement cell, DataFrameColumn column) in rows[row].Elements("td").Zip(frame.Columns))
                AssertSame(cell.Value, column[row]);
        }
    }

    /// <summary>Whether the page has a table of another form.</summary>
    protected virtual bool HasOwnPage => false;

    private static void AssertSame(string cell, object? value)
    {
        if (value is null)
            Assert.AreEqual("–", cell);
        else if (value is double number)
            Assert.AreEqual(number, double.Parse(cell, CultureInfo.InvariantCulture), HalfUnit(cell) * (1 + 1e-9));
        else if (value is DateTime time)
            Assert.AreEqual(time, DateTime.Parse(cell, CultureInfo.InvariantCulture));
        else
            Assert.AreEqual(Convert.ToString(value, CultureInfo.InvariantCulture), cell);
    }

    // Half a unit of the last digit: 0.005 for 1.25, 5 for 1.2E+02.
    private static double HalfUnit(string cell)
    {
        Match number = Regex.Match(cell, @"^-?[\d,]*(\.(?<decimals>\d+))?(E(?<exponent>[+-]\d+))?$");
        Assert.IsTrue(number.Success, cell);
        int exponent = number.Groups["exponent"] is { Success: true } power ? int.Parse(power.Value, CultureInfo.InvariantCulture) : 0;
        return 0.5 * Math.Pow(10, exponent - number.Groups["decimals"].Length);
    }

    private static string Text(string html) => WebUtility.HtmlDecode(Regex.Replace(html, "<style.*?</style>|<[^>]*>", " ", RegexOptions.Singleline));

    // The place of the brace that closes the first one.
    private static int End(string style)
    {
        int open = 0;
        for (int i = 0; i < style.Length; i++)
        {
            open += style[i] == '{' ? 1 : style[i] == '}' ? -1 : 0;
            if (style[i] == '}' && open == 0)
                return i;
        }

        return -1;
    }
}
