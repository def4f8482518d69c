using System.Net.Http.Json;
using System.Text.Json;
using MLNet.Sequence.Samples.Studio;

namespace MLNet.Sequence.Tests.Samples.Studio;

/// <summary>A studio on a folder of its own, and a client that knows its address.</summary>
internal sealed class StudioClient : IDisposable
{
    private readonly HttpClient _http = new();
    private StudioServer _server;

    public StudioClient()
    {
        Files = new SampleRun();
        _server = Start();
    }

    public SampleRun Files { get; }

    public Uri Address => new(_server.Address);

    public HttpClient Http => _http;

    /// <summary>A question about a small file of hours, whose answer takes seconds.</summary>
    public object SmallQuestion(string file = "hours.csv", params string[] architectures)
    {
        if (!File.Exists(Files.Path(file)))
            Files.WriteHours(file, 160);
        return new
        {
            kind = "forecast",
            file,
            targets = new[] { "a" },
            inputs = new[] { "b" },
            time = "date",
            context = 6,
            horizon = 2,
            season = 1,
            effort = "look",
            // A run of several models lasts long enough to be cancelled.
            maxEpochs = architectures.Length > 0 ? null : (int?)3,
            architectures = architectures.Length > 0 ? architectures : ["linear"],
        };
    }

    public async Task<JsonElement> Get(string path) => await Json(await _http.GetAsync(new Uri(Address, path)), path);

    public async Task<JsonElement> Post(string path, object? body = null) =>
        await Json(await _http.PostAsJsonAsync(new Uri(Address, path), body ?? new { }), path);

    public async Task<byte[]> Bytes(string path)
    {
        HttpResponseMessage answer = await _http.GetAsync(new Uri(Address, path));
        Assert.IsTrue(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadAsByteArrayAsync();
    }

    /// <summary>The message of a request that must be refused.</summary>
    public async Task<string> Refused(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = body is null ? null : JsonContent.Create(body) };
        HttpResponseMessage answer = await _http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(400, (int)answer.StatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("problem").GetString()!;
    }

    /// <summary>Follows a run by its events, until it ends or <paramref name="until"/> is true.</summary>
    /// <returns>The last event.</returns>
    public async Task<JsonElement> Follow(string run, Func<JsonElement, bool>? until = null)
    {
        using var reader = new StreamReader(await _http.GetStreamAsync(new Uri(Address, $"api/runs/{run}/events")));
        JsonElement last = default;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            last = JsonDocument.Parse(line[6..]).RootElement;
            if (until?.Invoke(last) == true)
                break;
        }

        return last;
    }

    /// <summary>Starts a run and waits until it is done.</summary>
    /// <returns>The run.</returns>
    public async Task<string> Trained(object question)
    {
        string id = (await Post("api/runs", question)).GetProperty("id").GetString()!;
        JsonElement end = await Follow(id);
        Assert.AreEqual("done", end.GetProperty("info").GetProperty("status").GetString(), end.ToString());
        return id;
    }

    /// <summary>The files and folders, without the studio's own.</summary>
    public string[] Entries => [.. Files.Entries.Where(entry => !entry.StartsWith("studio-runs", StringComparison.Ordinal))];

    /// <summary>Ends the studio, and starts it again on the same folder.</summary>
    public void Restart()
    {
        _server.Dispose();
        _server = Start();
    }

    public void Dispose()
    {
        _server.Dispose();
        _http.Dispose();
        Files.Dispose();
    }

    private StudioServer Start() => StudioServer.Start(new StudioFolder(Files.Folder), 0);

    private static async Task<JsonElement> Json(HttpResponseMessage answer, string path)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.IsTrue(answer.IsSuccessStatusCode, $"{path}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}
