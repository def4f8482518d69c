using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Model;

/// <summary>
/// The one file format of models: a zip with model.json and weights.safetensors, whose archive comment is the SHA-256 of all bytes before
/// it. Any zip program opens it; a changed or missing byte is found before anything is read.
/// </summary>
internal static class ModelFile
{
    /// <summary>The version that is written, and the newest that can be read.</summary>
    public const int FormatVersion = 1;

    private const string JsonEntry = "model.json", WeightsEntry = "weights.safetensors";
    private const int HashLength = 64;

    // Compressed model.json is seldom smaller than a tenth of its length. Short files may be compressed more.
    private const int FreeLength = 4 << 20, MostPacked = 20;

    // A layer takes about a hundred characters, and much more memory than that.
    private const int LongestArchitecture = 1 << 17;

    // A quotation from a file is cut at this length.
    private const int MostProblems = 5, LongestReason = 2_000;

    private static readonly SavedNames<SequenceTask> SavedTasks = new(ModelJson.Default.Options);

    // A file depends on its content, not on when it was written.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Write(Stream stream, SequenceModel model)
    {
        var document = new ModelDocument
        {
            Format = FormatVersion,
            Architecture = model.Architecture,
            Task = model.Task,
            Scaling = ScalingDocument.From(model.Scaling),
            InputRange = model.InputRange,
            Report = model.Report,
        };
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.Comment = new string('0', HashLength);
            using (Stream json = Add(zip, JsonEntry, CompressionLevel.Optimal))
                JsonSerializer.Serialize(json, document, ModelJson.Default.ModelDocument);
            using (Stream weights = Add(zip, WeightsEntry, CompressionLevel.NoCompression))
                Safetensors.Write(weights, model.Weights);
            using Stream note = Add(zip, PipelineNote.Entry, CompressionLevel.Optimal);
            note.Write(PipelineNote.Bytes());
        }

        ReadOnlySpan<byte> bytes = archive.GetBuffer().AsSpan(0, (int)archive.Length - HashLength);
        stream.Write(bytes);
        stream.Write(Ascii(SHA256.HashData(bytes)));
    }

    /// <param name="stream">Read to its end.</param>
    /// <param name="name">Its name in messages: the quoted path, or "The stream".</param>
    /// <param name="alone">Whether a chain of ML.NET is read without its other transforms.</param>
    public static SequenceModel Read(Stream stream, string name, bool alone = false)
    {
        using var file = new MemoryStream(stream.CanSeek ? (int)Math.Clamp(stream.Length - stream.Position, 0, Array.MaxLength) : 0);
        stream.CopyTo(file);
        ReadOnlySpan<byte> bytes = file.GetBuffer().AsSpan(0, (int)file.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes.Length < HashLength ? [] : bytes[..^HashLength]);
        if (bytes.Length < HashLength || !Ascii(hash.GetCurrentHash()).AsSpan().SequenceEqual(bytes[^HashLength..]))
        {
            FileKind? kind = FileKind.Of(bytes);
            if (kind == FileKind.Pipeline)
                return OfPipeline(file, name, alone);
            if (kind is not null && kind != FileKind.Model)
                throw new FormatException($"{name} is not a MLNet.Sequence model: {kind}");
            throw new FormatException($"{name} is damaged, or not a MLNet.Sequence model: its checksum is missing or wrong. Expected a whole, unchanged "
                + $"file of {nameof(SequenceModel)}.{nameof(SequenceModel.Save)}.");
        }

        hash.AppendData(bytes[^HashLength..]);
        try
        {
            return Read(file, hash.GetCurrentHash());
        }
        catch (Exception exception) when (exception
            is JsonException or InvalidDataException or EndOfStreamException or ArgumentException or FormatException or NotSupportedException
            or InvalidOperationException or KeyNotFoundException or OverflowException)
        {
            string why = exception.Message.Length > LongestReason ? $"{exception.Message.AsSpan(0, LongestReason)} …" : exception.Message;
            throw new FormatException($"{name} cannot be read: {why}", exception);
        }
    }

    private static SequenceModel OfPipeline(Stream file, string name, bool alone)
    {
        byte[] model;
        try
        {
            model = PipelineFile.ReadModel(file, alone);
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException or EndOfStreamException)
        {
            throw new FormatException($"{name} cannot be read: {exception.Message}", exception);
        }

        // It has its own checksum, and no chain in it.
        return FileKind.Of(model) is { } kind && kind != FileKind.Model
            ? throw new FormatException($"{name} is damaged: in the place of its sequence model, {kind}")
            : Read(new MemoryStream(model), name);
    }

    /// <summary>The task from JSON that <see cref="TaskJson"/> wrote, in this version or an earlier one.</summary>
    /// <exception cref="JsonException">The name or a property is unknown, or a value has the wrong form.</exception>
    public static SequenceTask ReadTask(JsonNode? json) => SavedTasks.Read(json);

    /// <summary>A task as in model.json.</summary>
    public static JsonObject TaskJson(SequenceTask task) =>
        JsonSerializer.SerializeToNode(task, ModelJson.Default.SequenceTask)!.AsObject();

    // Declared sizes are compared with the actual ones before anything is built.
    private static SequenceModel Read(MemoryStream file, byte[] hash)
    {
        file.Position = 0;
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        JsonObject json = JsonNode.Parse(ReadAll(zip, JsonEntry, file.Length)) as JsonObject ?? throw new FormatException($"{JsonEntry} is not a JSON object.");
        if ((json["format"] as JsonValue)?.TryGetValue(out int version) != true || version < 1)
            throw new FormatException($"{JsonEntry} has no format version.");
        if (version > FormatVersion)
            throw new FormatException($"It has format version {version}; this version of MLNet.Sequence reads versions up to {FormatVersion}. Update "
                + "the package.");
        Weights weights = Safetensors.Read(ReadAll(zip, WeightsEntry, file.Length));

        // Part by part: the metadata of the whole document would include those of all architectures and tasks, which takes a process longer
        // than all the rest of loading.
        Architecture architecture = ReadArchitecture(json, weights);
        SequenceTask task = ReadTask(Part(json, "task"));
        MustBeSound("task", task.Problems());
        ScalingDocument scaling = Part(json, "scaling").Deserialize(ModelJson.Default.ScalingDocument)!;
        MustBeSound("scaling", scaling.Problems(task.DataChannels).Concat(scaling.ProblemsOf(task)));
        InputRange? range = json["inputRange"]?.Deserialize(ModelJson.Default.InputRange);
        range?.MustFit(task.InputSize + task.SeriesChannels);
        TrainingReport report = Part(json, "report").Deserialize(ModelJson.Default.TrainingReport)!;
        weights.MustBeFinite();
        return new SequenceModel(architecture, task, weights, scaling.ToScaling(), report) { InputRange = range, FileHash = hash };
    }

    private static Architecture ReadArchitecture(JsonObject json, Weights weights)
    {
        JsonNode part = Part(json, "architecture");
        int length = part.ToJsonString().Length;
        if (length > LongestArchitecture)
            throw new FormatException($"The architecture takes {length} characters of {JsonEntry}; at most {LongestArchitecture} are read.");
        Architecture architecture = Architecture.FromJson(part);
        if (architecture.LeastWeights > weights.Count)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"The architecture has at least {architecture.LeastWeights} named "
                + $"weights; {WeightsEntry} has {weights.Count}."));
        architecture.Validate();
        return architecture;
    }

    private static void MustBeSound(string part, IEnumerable<string> problems)
    {
        string[] found = [.. problems.Take(MostProblems)];
        if (found.Length > 0)
            throw new FormatException($"The {part} in {JsonEntry} is not possible: {string.Join(" ", found)}");
    }

    private static JsonNode Part(JsonObject json, string name) => json[name] ?? throw new FormatException($"{JsonEntry} has no {name}.");

    private static Stream Add(ZipArchive zip, string name, CompressionLevel compression)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, compression);
        entry.LastWriteTime = Epoch;
        return entry.Open();
    }

    private static byte[] ReadAll(ZipArchive zip, string name, long fileLength) =>
        ReadAll(zip.GetEntry(name) ?? throw new FormatException($"The archive has no {name}."), fileLength);

    /// <summary>The contents of an entry.</summary>
    /// <exception cref="FormatException">Its stated length is not possible for its size in the file.</exception>
    public static byte[] ReadAll(ZipArchiveEntry entry, long fileLength)
    {
        // Before memory of the stated length is allocated.
        long most = FreeLength + MostPacked * Math.Min(entry.CompressedLength, fileLength);
        if (entry.Length > most)
            throw new FormatException($"The stated length of {entry.Name} is {entry.Length} bytes, compressed to {entry.CompressedLength}; at most {most} are "
                + "accepted for that size.");
        using Stream stream = entry.Open();
        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Ascii(byte[] hash) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash));
}

/// <summary>model.json.</summary>
internal sealed record ModelDocument
{
    public required int Format { get; init; }

    [JsonConverter(typeof(ArchitectureConverter))]
    public required Architecture Architecture { get; init; }

    public required SequenceTask Task { get; init; }

    public required ScalingDocument Scaling { get; init; }

    // Older files do not have it.
    public InputRange? InputRange { get; init; }

    public required TrainingReport Report { get; init; }
}

/// <summary>The scaling in model.json.</summary>
internal sealed record ScalingDocument(ChannelScaling Pooled, IReadOnlyDictionary<string, ChannelScaling> Series)
{
    public static ScalingDocument From(SeriesScaling scaling) => new(scaling.Pooled, scaling.BySeries);

    /// <summary>The problems of the scalings for this number of channels, one sentence each.</summary>
    public IEnumerable<string> Problems(int channels) => Series.SelectMany(series => series.Value is { } own
        ? own.Problems(channels, $"scaling of the series '{series.Key}'")
        : [$"The series '{series.Key}' has no scaling."]).Concat(Pooled.Problems(channels, "scaling"));

    /// <summary>The problems of the scaling for the task, one sentence each.</summary>
    public IEnumerable<string> ProblemsOf(SequenceTask task)
    {
        if (task.Tokens is not null && Series.Values.Append(Pooled).Any(scaling => scaling.First(1) with { Constant = null } != ChannelScaling.None(1)))
            yield return "Tokens are indices, and not scaled: means are 0 and deviations 1.";
        foreach (string problem in Series.SelectMany(one => Contradictions(one.Value, $"scaling of the series '{one.Key}'"))
            .Concat(Contradictions(Pooled, "scaling")))
        {
            yield return problem;
        }

        IEnumerable<string> Contradictions(ChannelScaling? scaling, string name) =>
            scaling?.Contradictions(task.Series?.Rule ?? default, task.Series?.Differencing is not null, name) ?? [];
    }

    public SeriesScaling ToScaling() => new(Pooled, Series);
}

/// <summary>Reads and writes model.json without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelDocument))]
internal sealed partial class ModelJson : JsonSerializerContext;
