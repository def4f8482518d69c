using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNet.Sequence.Model;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tuning;

/// <summary>The results of a search in a file, which is replaced as a whole after each.</summary>
internal sealed class TuneFile
{
    /// <summary>What the seed is called among the properties of a search.</summary>
    public const string SeedName = "seed";

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly string? _path;
    private readonly Dictionary<string, string> _search;
    private readonly Dictionary<(int Trial, int Rung), Result> _results = [];
    private readonly Lock _writing = new();

    /// <param name="path">The file; null: results stay in memory.</param>
    /// <param name="search">What must be the same for results to be the same, by name.</param>
    /// <exception cref="FormatException">The file is of another search, or none; the message names the differences.</exception>
    public TuneFile(string? path, Dictionary<string, string> search)
    {
        (_path, _search) = (path, search);
        if (path is null || !File.Exists(path))
            return;
        Content saved = Read(path);
        string[] differences = [.. TrainingFingerprint.Differences(saved.Search, search)
            .Select(both => $"{both.Name}: {both.Saved} in the file, {both.Fresh} here")];
        if (differences.Length > 0)
        {
            throw new FormatException($"The file '{path}' holds the results of another search: {string.Join("; ", differences)}. Name another "
                + $"{nameof(TuneOptions)}.{nameof(TuneOptions.File)}, or delete this one.");
        }

        Seconds = saved.Seconds;
        foreach (Result result in saved.Results)
            _results[(result.Trial, result.Rung)] = result;
    }

    /// <summary>The seed of the search whose results a file holds; null: there is no file.</summary>
    public static long? SeedOf(string? path) => path is not null && File.Exists(path)
        && long.TryParse(Read(path).Search.GetValueOrDefault(SeedName), NumberStyles.Integer, CultureInfo.InvariantCulture, out long seed) ? seed : null;

    /// <summary>The time of all runs of the search so far.</summary>
    public double Seconds { get; private set; }

    public Result? Find(int trial, int rung)
    {
        lock (_writing)
            return _results.GetValueOrDefault((trial, rung));
    }

    public void Add(Result result, double seconds)
    {
        lock (_writing)
        {
            _results[(result.Trial, result.Rung)] = result;
            Seconds = seconds;
            if (_path is not null)
                AtomicFile.Write(_path, stream => JsonSerializer.Serialize(stream, new Content(_search, Seconds, [.. Ordered]), Form));
        }
    }

    // The same file for the same results, in whatever order they came.
    private IEnumerable<Result> Ordered => _results.Values.OrderBy(result => result.Rung).ThenBy(result => result.Trial);

    private static Content Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<Content>(stream, Form) is { Search: not null, Results: not null } content
                ? content
                : throw new JsonException("It has no search or no results.");
        }
        catch (JsonException damaged)
        {
            throw new FormatException($"The file '{path}' holds no results of a search: {damaged.Message} Name another file, or delete this one.", damaged);
        }
    }

    /// <summary>The result of a trial in a rung.</summary>
    internal sealed record Result(int Trial, int Rung, double Loss, double Seconds, string? Failure);

    private sealed record Content(Dictionary<string, string> Search, double Seconds, Result[] Results);
}
