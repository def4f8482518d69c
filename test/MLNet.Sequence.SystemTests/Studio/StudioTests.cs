using System.IO.Compression;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace MLNet.Sequence.SystemTests.Studio;

/// <summary>The studio in a browser, as a user sees it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class StudioTests
{
    private const int Phone = 390, Desk = 1366, Rows = 900;

    private static StudioProcess _studio = null!;

    [ClassInitialize]
    public static async Task Start(TestContext context)
    {
        _studio = await StudioProcess.Start();
        Directory.CreateDirectory(Mine(""));
    }

    [ClassCleanup]
    public static async Task End() => await _studio.DisposeAsync();

    [TestMethod]
    public async Task Each_kind_of_question_leads_from_a_file_to_a_project_with_the_same_answers()
    {
        var projects = new Projects(Path.Combine(_studio.Folder, "projects"));
        string forecasts = await Forecast(projects);
        string classes = await Asked(projects, "Classify", "classes", Labelled());
        string tags = await Asked(projects, "Tag", "tags", Tagged());
        string next = await Asked(projects, "Next", "next", Words());
        projects.Build();
        CollectionAssert.AreEqual(Projects.Numbers(File.ReadLines(forecasts), 2), Projects.Numbers(projects.Run("Forecast"), 2));
        Assert.HasCount(1 + 24, projects.Run("Forecast"));
        CollectionAssert.AreEqual(File.ReadAllLines(classes), projects.Run("Classify"));
        // A name with a comma stays one cell.
        Assert.IsTrue(File.ReadLines(tags).Skip(1).All(line => line.StartsWith("\"m ", StringComparison.Ordinal)));
        CollectionAssert.AreEqual(File.ReadAllLines(tags), projects.Run("Tag"));
        CollectionAssert.AreEqual(File.ReadAllLines(next), projects.Run("Next"));
    }

    [TestMethod]
    public async Task A_bad_file_is_told_where_it_is_bad()
    {
        IPage page = await _studio.Open(Phone, ColorScheme.Dark);
        string[] lines = [.. Shipped()];
        lines[41] = lines[41][..lines[41].LastIndexOf(',')] + ",broken";
        await page.SetInputFilesAsync("#file", Write("bad.csv", lines));
        ILocator row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "OT" });
        await row.GetByText("row 41 (line 42): 'broken' is not a number.").WaitForAsync();
        await MustBeAccessible(page);
        await page.SetInputFilesAsync("#file", Write("none.csv", "a,b", "1,2,3"));
        await page.GetByRole(AriaRole.Alert).GetByText("row 1 (line 2) has 3 cells; the header names 2 columns").WaitForAsync();
        // A Parquet file ends with what it holds: half of one is nothing.
        byte[] whole = File.ReadAllBytes(Path.Combine(Shell.Root, "test", "MLNet.Sequence.Tests", "Samples", "Columnar", "six-rows.parquet"));
        File.WriteAllBytes(Mine("cut.parquet"), whole[..(whole.Length / 2)]);
        await page.SetInputFilesAsync("#file", Mine("cut.parquet"));
        await page.GetByRole(AriaRole.Alert).GetByText("'cut.parquet' cannot be read as a file of Parquet").WaitForAsync();
        await MustBeAccessible(page);
        File.WriteAllBytes(Mine("six.parquet"), whole);
        await page.SetInputFilesAsync("#file", Mine("six.parquet"));
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "shop" }).GetByText("north").WaitForAsync();
        // It may still be asked: what is wrong is said there too, and nothing can be started.
        await page.GetByRole(AriaRole.Button, new() { Name = "bad.csv" }).First.ClickAsync();
        await Next(page, "the question");
        await page.GetByLabel("OT has wrong cells").SelectOptionAsync("target");
        await page.Locator(".told").GetByText("'broken' is not a number").WaitForAsync();
        Assert.IsTrue(await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).IsDisabledAsync());
    }

    [TestMethod]
    public async Task A_run_is_found_after_a_reload_and_goes_on_after_it_was_cancelled()
    {
        IPage page = await _studio.Open(Phone);
        await page.SetInputFilesAsync("#file", Write("long.csv", Shipped()));
        await Next(page, "the question");
        await page.Locator(".told .good").WaitForAsync();
        await page.GetByLabel("Read this many past steps").FillAsync("24");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).ClickAsync();
        await page.GetByRole(AriaRole.Table, new() { Name = "Trainings" }).WaitForAsync();
        string address = page.Url;
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Table, new() { Name = "Trainings" }).WaitForAsync();
        Assert.AreEqual(address, page.Url);
        // A new tab finds it too.
        IPage other = await _studio.Open();
        await other.GetByRole(AriaRole.Heading, new() { Name = "Training" }).WaitForAsync();
        Assert.AreEqual(address, other.Url);
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Cancelled" }).WaitForAsync();
        await other.GetByRole(AriaRole.Heading, new() { Name = "Cancelled" }).WaitForAsync();
        await MustBeAccessible(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Training" }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Cancelled" }).WaitForAsync();
        Assert.AreEqual("", _studio.ErrorsOf(page));
    }

    // All five steps, with the keyboard where it matters.
    private static async Task<string> Forecast(Projects projects)
    {
        IPage page = await _studio.Open();
        await page.SetInputFilesAsync("#file", Write("transformer.csv", Shipped()));
        await page.GetByRole(AriaRole.Figure).WaitForAsync();
        Assert.AreEqual("900", await page.Locator(".facts dd").First.TextContentAsync());
        await MustBeAccessible(page);
        await Next(page, "the question");
        await page.Locator(".told .good").WaitForAsync();
        Assert.AreEqual("target", await page.GetByLabel("OT", new() { Exact = true }).InputValueAsync());
        await MustBeAccessible(page);
        await page.GetByLabel("HULL").SelectOptionAsync("input");
        await page.GetByLabel("Read this many past steps").FillAsync("24");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Stable LSTM" }).UncheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Convolutions" }).UncheckAsync();
        await page.GetByLabel("Passes over the rows, at most").FillAsync("3");
        await page.Locator(".told").GetByText("up to 3 passes").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Training" }).WaitForAsync();
        await MustBeAccessible(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "See the answer" }).ClickAsync();

        await page.GetByText("Do you need recurrence?").WaitForAsync();
        await TheFanMovesByKeyboard(page);
        await MustBeAccessible(page);
        await Next(page, "take it with you");
        await MustBeAccessible(page);
        string forecasts = await Download(page, "Download the forecasts");
        projects.Add(await Download(page, "Download the project"), "Forecast");
        await page.GetByRole(AriaRole.Link, new() { Name = "Runs" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Runs" }).WaitForAsync();
        await MustBeAccessible(page);
        Assert.AreEqual("", _studio.ErrorsOf(page));
        return forecasts;
    }

    // The same way for a kind that the page suggests for the file; one model, few passes.
    private static async Task<string> Asked(Projects projects, string program, string name, string[] lines)
    {
        IPage page = await _studio.Open();
        await page.SetInputFilesAsync("#file", Write($"{name}.csv", lines));
        await Next(page, "the question");
        await page.Locator(".told .good").WaitForAsync();
        Assert.AreEqual(program.ToLowerInvariant(), await page.Locator("input[name=kind]:checked").InputValueAsync());
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "LSTM The" }).UncheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Stable LSTM" }).UncheckAsync();
        await page.GetByLabel("Passes over the rows, at most").FillAsync("2");
        await page.Locator(".told").GetByText("up to 2 passes").WaitForAsync();
        await MustBeAccessible(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "See the answer" }).ClickAsync();
        await page.GetByText("Do you need recurrence?").WaitForAsync();
        await MustBeAccessible(page);
        await Next(page, "take it with you");
        string predictions = await Download(page, "Download the predictions");
        projects.Add(await Download(page, "Download the project"), program);
        Assert.IsGreaterThan(0, new FileInfo(await Download(page, "Download ONNX")).Length);
        Assert.AreEqual("", _studio.ErrorsOf(page));
        return predictions;
    }

    private static async Task Next(IPage page, string step) => await page.GetByRole(AriaRole.Button, new() { Name = $"Next: {step}" }).ClickAsync();

    private static string Mine(string name) => Path.Combine(_studio.Folder, "mine", name);

    private static string Write(string name, params IEnumerable<string> lines)
    {
        File.WriteAllLines(Mine(name), lines);
        return Mine(name);
    }

    // The first rows of the data that comes with the program.
    private static string[] Shipped()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", "ETTh1.csv.gz")),
            CompressionMode.Decompress));
        return [.. Enumerable.Range(0, Rows + 1).Select(_ => reader.ReadLine()!)];
    }

    // Class b rises, class a falls.
    private static string[] Labelled() => ["label,s1,s2,s3,s4,s5,s6,s7,s8", .. Enumerable.Range(0, 60).Select(row => (row % 2 == 0 ? "a" : "b")
        + string.Concat(Enumerable.Range(0, 8).Select(step => $",{(row % 2 == 0 ? -step : step) + row % 5}")))];

    // Tags by the sign of a number; the names of the sequences have commas.
    private static string[] Tagged() => ["machine,hour,load,activity", .. Enumerable.Range(0, 480).Select(row =>
        $"\"m {row / 24}, left\",{row % 24},{((row / 24 + row) / 3 % 2 == 0 ? "0.8,busy" : "-0.7,idle")}")];

    private static string[] Words() => ["sentence,word", .. Enumerable.Range(0, 360).Select(row => $"{row / 12},{"we,go,round,and".Split(',')[row % 12 % 4]}")];

    private static async Task TheFanMovesByKeyboard(IPage page)
    {
        ILocator slider = page.GetByRole(AriaRole.Slider, new() { Name = "Forecast" });
        StringAssert.Contains(await slider.GetAttributeAsync("aria-valuetext"), "what comes next");
        await slider.FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        StringAssert.Contains(await slider.GetAttributeAsync("aria-valuetext"), "made at 2016-");
        // What is drawn is a table too: two horizons of the past, and the forecast.
        ILocator figure = page.GetByRole(AriaRole.Figure).Filter(new() { HasText = "Forecast of OT, made" });
        await figure.GetByText("As a table").ClickAsync();
        Assert.AreEqual(48 + 24, await figure.Locator("tbody tr").CountAsync());
    }

    // At both widths, in light and in dark.
    private static async Task MustBeAccessible(IPage page)
    {
        PageViewportSizeResult before = page.ViewportSize!;
        foreach (int width in new[] { Phone, Desk })
        {
            await page.SetViewportSizeAsync(width, before.Height);
            await page.EmulateMediaAsync(new() { ColorScheme = width == Phone ? ColorScheme.Dark : ColorScheme.Light });
            AxeResult found = await page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
            Assert.AreEqual("", string.Join('\n', found.Violations.Where(fault => fault.Impact is "serious" or "critical")
                .Select(fault => $"{fault.Id} at {width}: {fault.Nodes[0].Html}")));
            double wide = await page.EvaluateAsync<double>("document.documentElement.scrollWidth");
            Assert.IsLessThanOrEqualTo(width, wide, $"The page is wider than {width}.");
        }

        await page.SetViewportSizeAsync(before.Width, before.Height);
    }

    private static async Task<string> Download(IPage page, string link)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync());
        string path = Mine($"{Guid.NewGuid():N}-{download.SuggestedFilename}");
        await download.SaveAsAsync(path);
        return path;
    }
}
