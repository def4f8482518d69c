using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Playwright;

namespace MLNet.Sequence.SystemTests.Studio;

/// <summary>
/// The studio as a user starts it, in a folder of its own, and a browser: Debian's Chromium. One for all tests: each opens pages that share
/// nothing but the folder.
/// </summary>
internal sealed class StudioProcess : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly Process _process;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly Dictionary<IPage, ConcurrentQueue<string>> _errors = [];

    private StudioProcess(string folder, Process process, string address, (IPlaywright Playwright, IBrowser Browser) driver) =>
        (Folder, _process, Address, (_playwright, _browser)) = (folder, process, address, driver);

    public string Folder { get; }

    public string Address { get; }

    /// <summary>What a page wrote to its console as errors.</summary>
    public string ErrorsOf(IPage page) => string.Join('\n', _errors[page]);

    public static async Task<StudioProcess> Start()
    {
        string folder = Directory.CreateTempSubdirectory("studio-").FullName;
        var process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "MLNet.Sequence.Samples.dll"), "studio", "--folder", folder, "--no-browser"])
        { RedirectStandardOutput = true })!;
        string? line;
        do
            line = await process.StandardOutput.ReadLineAsync();
        while (line is not null && !line.StartsWith("Open ", StringComparison.Ordinal));
        Assert.IsNotNull(line, "The studio printed no address.");
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        return new StudioProcess(folder, process, line[5..].Trim(), (playwright, browser));
    }

    /// <summary>A page of a certain width, in light or dark.</summary>
    public async Task<IPage> Open(int width = 1366, ColorScheme scheme = ColorScheme.Light, string at = "")
    {
        IPage page = await _browser.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
            AcceptDownloads = true,
        });
        page.SetDefaultTimeout(90_000);
        var errors = _errors[page] = new ConcurrentQueue<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                errors.Enqueue(message.Text);
        };
        page.PageError += (_, error) => errors.Enqueue(error);
        await page.GotoAsync(Address + at);
        return page;
    }

    public string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
