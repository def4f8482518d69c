using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace MLNet.Sequence.SystemTests.Studio;

/// <summary>The studio in a browser, as a user sees it.</summary>
[TestClass]
public sealed class StudioTests
{
    private const int Phone = 390, Desk = 1366, Rows = 900;

    [TestMethod]
    public async Task Five_steps_lead_from_the_shipped_data_to_a_project_with_the_same_forecasts()
    {
        await using StudioProcess studio = await StudioProcess.Start();
        IPage page = await studio.Open();
        await page.SetInputFilesAsync("#file", Shipped(studio));
        await page.GetByRole(AriaRole.Figure).WaitForAsync();
        Assert.AreEqual("900", await page.Locator(".facts dd").First.TextContentAsync());
        await MustBeAccessible(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Next: the question" }).ClickAsync();
        await page.Locator(".told .good").WaitForAsync();
        Assert.AreEqual("target", await page.GetByLabel("OT", new() { Exact = true }).InputValueAsync());
        await MustBeAccessible(page);
        await page.GetByLabel("HULL").SelectOptionAsync("input");
        await page.GetByLabel("Read this many past steps").FillAsync("24");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Stable LSTM" }).UncheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Convolutions" }).UncheckAsync();
        await page.Locator(".told .good").WaitForAsync();

        // By keyboard.
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Training" }).WaitForAsync();
        await MustBeAccessible(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "See the answer" }).ClickAsync();

        await page.GetByText("Do you need recurrence?").WaitForAsync();
        await TheFanMovesByKeyboard(page);
        await MustBeAccessible(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next: take it with you" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Take it with you" }).WaitForAsync();
        await MustBeAccessible(page);
        string forecasts = await Download(studio, page, "Download the forecasts"), project = await Download(studio, page, "Download the project");
        await page.GetByRole(AriaRole.Link, new() { Name = "Runs" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Runs" }).WaitForAsync();
        await MustBeAccessible(page);
        Assert.AreEqual("", string.Join('\n', studio.Errors));
        await TheProjectForecastsTheSame(studio, project, forecasts);
    }

    [TestMethod]
    public async Task A_bad_file_is_told_where_it_is_bad()
    {
        await using StudioProcess studio = await StudioProcess.Start();
        IPage page = await studio.Open(Phone, ColorScheme.Dark);
        string[] lines = [.. File.ReadLines(Shipped(studio))];
        lines[41] = lines[41][..lines[41].LastIndexOf(',')] + ",broken";
        await page.SetInputFilesAsync("#file", studio.Write("bad.csv", string.Join('\n', lines)));
        ILocator row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "OT" });
        await row.GetByText("row 41 (line 42): 'broken' is not a number.").WaitForAsync();
        await MustBeAccessible(page);
        await page.SetInputFilesAsync("#file", studio.Write("none.csv", "a,b\n1,2,3\n"));
        await page.GetByRole(AriaRole.Alert).GetByText("row 1 (line 2) has 3 cells; the header names 2 columns").WaitForAsync();
        // It may still be asked: what is wrong is said there too, and nothing can be started.
        await page.GetByRole(AriaRole.Button, new() { Name = "bad.csv" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Next: the question" }).ClickAsync();
        await page.GetByLabel("OT has wrong cells").SelectOptionAsync("target");
        await page.Locator(".told").GetByText("'broken' is not a number").WaitForAsync();
        Assert.IsTrue(await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).IsDisabledAsync());
    }

    [TestMethod]
    public async Task A_run_is_found_after_a_reload_and_goes_on_after_it_was_cancelled()
    {
        await using StudioProcess studio = await StudioProcess.Start();
        IPage page = await studio.Open(Phone);
        await page.SetInputFilesAsync("#file", Shipped(studio));
        await page.GetByRole(AriaRole.Button, new() { Name = "Next: the question" }).ClickAsync();
        await page.Locator(".told .good").WaitForAsync();
        await page.GetByLabel("Read this many past steps").FillAsync("24");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).ClickAsync();
        await page.GetByRole(AriaRole.Table, new() { Name = "Trainings" }).WaitForAsync();
        string address = page.Url;
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Table, new() { Name = "Trainings" }).WaitForAsync();
        Assert.AreEqual(address, page.Url);
        // A new tab finds it too.
        IPage other = await studio.Open();
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
        Assert.AreEqual("", string.Join('\n', studio.Errors));
    }

    // The first rows of the data that comes with the program.
    private static string Shipped(StudioProcess studio)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", "ETTh1.csv.gz")),
            CompressionMode.Decompress));
        string folder = Directory.CreateDirectory(Path.Combine(studio.Folder, "mine")).FullName, path = Path.Combine(folder, "transformer.csv");
        File.WriteAllLines(path, Enumerable.Range(0, Rows + 1).Select(_ => reader.ReadLine()!));
        return path;
    }

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
            AxeResult found = await page.RunAxe();
            Assert.AreEqual("", string.Join('\n', found.Violations.Where(fault => fault.Impact is "serious" or "critical")
                .Select(fault => $"{fault.Id} at {width}: {fault.Nodes[0].Html}")));
            double wide = await page.EvaluateAsync<double>("document.documentElement.scrollWidth");
            Assert.IsLessThanOrEqualTo(width, wide, $"The page is wider than {width}.");
        }

        await page.SetViewportSizeAsync(before.Width, before.Height);
    }

    private static async Task<string> Download(StudioProcess studio, IPage page, string link)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync());
        string path = Path.Combine(studio.Folder, "mine", download.SuggestedFilename);
        await download.SaveAsAsync(path);
        return path;
    }

    private static async Task TheProjectForecastsTheSame(StudioProcess studio, string zip, string forecasts)
    {
        string folder = Path.Combine(studio.Folder, "project");
        ZipFile.ExtractToDirectory(zip, folder);
        string project = Directory.EnumerateFiles(folder, "Forecast.csproj", SearchOption.AllDirectories).Single();
        string output = await Run(Path.GetDirectoryName(project)!, "run", "-v", "q");
        double[] Values(IEnumerable<string> lines) => [.. lines.Skip(1).Where(line => line.Length > 0)
            .Select(line => double.Parse(line.Split(',')[2], CultureInfo.InvariantCulture))];
        double[] given = Values(output.ReplaceLineEndings("\n").Split('\n').SkipWhile(line => !line.StartsWith("series,", StringComparison.Ordinal)));
        CollectionAssert.AreEqual(Values(File.ReadLines(forecasts)), given, output);
        Assert.HasCount(24, given);
        await Run(Path.Combine(Path.GetDirectoryName(project)!, "..", "Training"), "build", "-v", "q");
    }

    private static async Task<string> Run(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.AreEqual(0, process.ExitCode, output + await error);
        return output;
    }
}
