using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>A row of a published table: data and settings with the public API, and the aim.</summary>
internal sealed record TableRow
{
    public required string Name { get; init; }

    /// <summary>The measure, such as "test nll".</summary>
    public required string Measure { get; init; }

    /// <summary>The aim; null: the row is only compared with another one.</summary>
    public double? Aim { get; init; }

    public bool HigherIsBetter { get; init; }

    /// <summary>The paper's figure, and its source.</summary>
    public required string Published { get; init; }

    /// <summary>The training, and its differences from the paper.</summary>
    public required string Settings { get; init; }

    /// <summary>Whether the time of training can be limited, and a later run goes on from its checkpoint.</summary>
    public bool InParts { get; init; }

    /// <summary>The threads of training. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>A file that must exist.</summary>
    public string? Data { get; init; }

    /// <summary>The training with a seed.</summary>
    public required Func<int, TableResult> Train { get; init; }

    /// <summary>One training with each; the row's figures are the means. Default 1 alone.</summary>
    public int[] Seeds { get; init; } = [1];

    /// <summary>The file of its result.</summary>
    public string Result => Path.Combine(DataFiles.Repository, "bench", "results", $"{Name}.json");

    /// <summary>
    /// Trains, prints, and writes bench/results/NAME.json and the model, out/table/NAME.mlseq; several: NAME-1.mlseq, …. 0: the aim is reached, or the data is
    /// absent; 1: not.
    /// </summary>
    public int Run()
    {
        if (Data is not null && !File.Exists(Data))
        {
            Console.WriteLine($"SKIPPED: {Name}, because there is no {Data}");
            return 0;
        }

        var watch = Stopwatch.StartNew();
        TableResult[] results = [.. Seeds.Select(Train)];
        TableResult result = Mean(results);
        bool met = Aim is not { } aim || (HigherIsBetter ? result.Measured >= aim : result.Measured <= aim);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Name}: {Measure} {result.Measured:G5} (aim {Aim}; published: {Published}); {Parameters(result):N0} parameters, "
                + $"{watch.Elapsed.TotalSeconds:F0} s{(met ? "" : "  MISSED")}"));
        Write(results, result, (watch.Elapsed, met));
        string folder = Directory.CreateDirectory(Path.Combine(DataFiles.Repository, "out", "table")).FullName;
        foreach ((int i, SequenceModel model) in result.Models.Index())
            model.Save(Path.Combine(folder, result.Models.Count == 1 ? $"{Name}.mlseq" : $"{Name}-{i + 1}.mlseq"));
        return met ? 0 : 1;
    }

    // The first seed's models, and the means of the measures.
    private static TableResult Mean(TableResult[] results)
    {
        Dictionary<string, double> others = results[0].Others.Keys.ToDictionary(name => name, name => results.Average(result => result.Others[name]));
        return results[0] with { Measured = results.Average(result => result.Measured), Others = others };
    }

    private static long Parameters(TableResult result) => result.Models.Sum(model => model.ParameterCount);

    private void Write(TableResult[] bySeed, TableResult result, (TimeSpan Time, bool Met) run)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Result)!);
        using FileStream stream = File.Create(Result);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("command", $"dotnet run --project bench/MLNet.Sequence.Bench -c Release -- table {Name}");
        json.WriteString("measure", Measure);
        json.WriteNumber("measured", result.Measured);
        if (Aim is { } aim)
        {
            json.WriteNumber("aim", aim);
            json.WriteBoolean("reached", run.Met);
        }

        if (bySeed.Length > 1)
            WriteAll(json, "measuredBySeed", bySeed.Select(one => one.Measured));
        json.WriteString("published", Published);
        json.WriteString("settings", Settings);
        json.WriteString("architecture", string.Join("; ", result.Models.Select(model => model.Architecture.ToString()).Distinct()));
        json.WriteNumber("parameters", Parameters(result));
        WriteAll(json, "seeds", Seeds.Select(seed => (double)seed));
        WriteAll(json, "epochs", bySeed.SelectMany(one => one.Models.Select(model => (double)model.Report.Epochs.Count)));
        WriteAll(json, "bestEpoch", bySeed.SelectMany(one => one.Models.Select(model => (double)model.Report.BestEpoch)));
        WriteAll(json, "trainingSeconds", bySeed.Select(one => Math.Round(one.Models.Sum(model => model.Report.Seconds))));
        json.WriteString("stopped", string.Join("; ", result.Models.Select(model => model.Report.StoppedBecause)));
        json.WriteNumber("seconds", Math.Round(run.Time.TotalSeconds));
        json.WriteString("machine", Machine());
        json.WriteString("date", DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteStartObject("others");
        foreach ((string name, double value) in result.Others.Where(other => double.IsFinite(other.Value)))
            json.WriteNumber(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private string Machine() => string.Create(CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} {RuntimeInformation.ProcessArchitecture} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, "
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; "
            + $"{(Threads == 1 ? "one libtorch thread" : $"{Threads} threads")}, machine shared");
}

/// <summary>The result of a row.</summary>
/// <param name="Measured">The row's measure.</param>
/// <param name="Models">The model, or all those whose mean forecast was measured.</param>
/// <param name="Others">Further figures by name.</param>
internal sealed record TableResult(double Measured, IReadOnlyList<SequenceModel> Models, IReadOnlyDictionary<string, double> Others)
{
    public TableResult(double measured, SequenceModel model, IReadOnlyDictionary<string, double> others)
        : this(measured, [model], others)
    {
    }
}
