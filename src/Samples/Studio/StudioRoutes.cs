using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Sequences;
using MLNet.Sequence.Samples.Series;
using MLNet.Sequence.Samples.Studio.Data;
using MLNet.Sequence.Samples.Studio.Projects;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio;

/// <summary>What the server answers to.</summary>
internal sealed class StudioRoutes(StudioFolder folder, StudioRuns runs)
{
    private static readonly Dictionary<string, (string File, string What)> Samples = new(StringComparer.Ordinal)
    {
        ["ETTh1.csv.gz"] = (DataSource.Shipped, "Two years of hourly loads and the oil temperature of a transformer, to forecast"),
        ["control-charts.csv.gz"] = (ShippedData.At("control-charts-train.csv.gz"), "Control charts of six classes, to classify"),
        ["flight-questions.csv"] = (ShippedData.At("flight-questions-train.tsv.gz"), "Words of questions about flights, to tag or to predict the next"),
    };

    // The last file that was read: two steps show the same one.
    private Answered? _last;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/", () => StudioPages.Get("index.html"));
        app.MapGet("/pages/{name}", StudioPages.Get);
        app.MapGet("/api/files", Files);
        app.MapPost("/api/files/{name}", Upload);
        app.MapPost("/api/samples/{name}", Sample);
        app.MapGet("/api/data", Summary);
        app.MapPost("/api/question", Look);
        app.MapGet("/api/runs", () => runs.All);
        app.MapPost("/api/runs", (Question question) => runs.Start(question));
        app.MapGet("/api/runs/{id}", (string id) => Run(runs.Find(id)));
        app.MapGet("/api/runs/{id}/events", Events);
        app.MapPost("/api/runs/{id}/cancel", (string id) => { runs.Find(id).Cancel(); });
        app.MapPost("/api/runs/{id}/resume", (string id) => runs.Resume(id));
        app.MapDelete("/api/runs/{id}", (string id) => { runs.Delete(id); });
        app.MapGet("/api/runs/{id}/answer", (string id) => Json(runs.Find(id).Files.Answer));
        app.MapGet("/api/runs/{id}/models/{model}", (string id, string model) => Json(runs.Find(id).Files.Shown(model)));
        app.MapGet("/api/runs/{id}/report", Report);
        app.MapGet("/api/runs/{id}/take/{model}/{what}", Take);
    }

    private object Files() => new
    {
        folder = folder.Root,
        files = folder.Files().Select(file => new { name = file.Name, bytes = file.Length, changed = file.LastWriteTimeUtc }),
        samples = Samples.Select(sample => new { name = sample.Key, what = sample.Value.What }),
    };

    private async Task<object> Upload(string name, HttpRequest request)
    {
        string path = folder.New(name);
        using var unfinished = new UnfinishedFile(path);
        await using (FileStream file = File.Create(unfinished.Path))
            await request.Body.CopyToAsync(file, request.HttpContext.RequestAborted);
        unfinished.Finish();
        return new { name = Path.GetFileName(path) };
    }

    private object Sample(string name)
    {
        if (!Samples.TryGetValue(name, out (string File, string What) sample))
            throw new UserError($"There is no sample '{name}'.");
        string path = Path.Combine(folder.Root, name);
        if (Path.Exists(path))
            return new { name };
        if (sample.File.Contains(".tsv", StringComparison.Ordinal))
        {
            CsvText.Write(path, ["sentence", "word", "tag"], TaggedFile.Read(sample.File, "--train").Index().SelectMany(sentence =>
                sentence.Item.Words.Zip(sentence.Item.Tags, (word, tag) => new[] { FormattableString.Invariant($"{sentence.Index + 1}"), word, tag })));
            return new { name };
        }

        using var unfinished = new UnfinishedFile(path);
        File.Copy(sample.File, unfinished.Path);
        unfinished.Finish(overwrite: true);
        return new { name };
    }

    private FileSummary Summary(string? file, string? time, string? series)
    {
        string path = folder.Existing(file);
        var asked = new Asked(path, File.GetLastWriteTimeUtc(path), time, series);
        if (_last is { } last && last.Asked == asked)
            return last.Summary;
        try
        {
            var summary = FileSummary.Read(path, time, series);
            _last = new Answered(asked, summary);
            return summary;
        }
        catch (UserError error)
        {
            throw new UserError(StudioWords.Of(error.Message, path), error);
        }
    }

    // Of a long file only the first rows are looked at: what seems to be missing there may come later, and hinders nothing.
    private object Look(Question question)
    {
        question.Validate();
        string path = folder.Existing(question.File);
        int rows = StudioLook.Rows(path);
        try
        {
            var job = StudioJob.Of(folder, question, rows);
            return new { description = job.Description, note = job.IsCut ? StudioLook.Note(rows) : null };
        }
        catch (Exception exception) when (Cli.Mistake(exception) is { } message && StudioLook.Table(path).IsCut)
        {
            return new { problem = StudioWords.Of(message), note = StudioLook.Note(rows) };
        }
    }

    private static object Run(StudioRun run) => new { info = run.Info, progress = run.Progress.State };

    private ServerSentEventsResult<object> Events(string id, CancellationToken aborted)
    {
        StudioRun run = runs.Find(id);
        return TypedResults.ServerSentEvents(Told(run, aborted));
    }

    private static async IAsyncEnumerable<SseItem<object>> Told(StudioRun run, [EnumeratorCancellation] CancellationToken aborted)
    {
        await foreach (ProgressState state in run.Progress.Watch(aborted))
            yield return new SseItem<object>(new { status = run.Info.Status, progress = state }, "progress");
        yield return new SseItem<object>(Run(run), "end");
    }

    private static IResult Json(string path) => File.Exists(path) ? Results.File(path, "application/json")
        : throw new UserError("The run has no answer yet.");

    private IResult Report(string id, HttpResponse response)
    {
        string path = runs.Find(id).Files.Report;
        if (!File.Exists(path))
            throw new UserError("The run has no report yet.");
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";
        return Results.File(path, "text/html; charset=utf-8");
    }

    private IResult Take(string id, string model, string what)
    {
        StudioRun run = runs.Find(id);
        TakenFile taken = TakenFile.Of(run, model, what);
        return Results.File(taken.Content, taken.Type, taken.Name);
    }

    private sealed record Asked(string Path, DateTime Written, string? Time, string? Series);

    private sealed record Answered(Asked Asked, FileSummary Summary);
}
