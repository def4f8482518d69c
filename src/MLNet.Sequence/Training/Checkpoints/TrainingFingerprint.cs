using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Training;

/// <summary>The properties, by name, that must be equal for a resumed run to give the same result as the original run.</summary>
internal static class TrainingFingerprint
{
    private const int LongestText = 160, MostNamed = 12;

    // They change when training stops and what it reports, not what a step does. The seed is the checkpoint's, unless another is given.
    private static readonly HashSet<string> Changeable =
    [
        nameof(TrainingOptions.Epochs), nameof(TrainingOptions.MaxSteps), nameof(TrainingOptions.MaxTime), nameof(TrainingOptions.Clock),
        nameof(TrainingOptions.Patience), nameof(TrainingOptions.Seed), nameof(TrainingOptions.Threads), nameof(TrainingOptions.Checkpoints),
        nameof(TrainingOptions.ResumeFrom), nameof(TrainingOptions.WarmStart), nameof(TrainingOptions.WarmStartDifferences),
        nameof(TrainingOptions.TensorBoardDirectory), nameof(TrainingOptions.Progress), nameof(TrainingOptions.ShowProgress),
        nameof(TrainingOptions.CancellationToken), nameof(TrainingOptions.Cluster),
    ];

    // Options that later versions added, with what earlier ones did: files of these do not have them. Null needs no line.
    private static readonly Dictionary<string, string> Later = new(StringComparer.Ordinal)
    {
        [nameof(ForecastingOptions.Scaling)] = nameof(ScalingKind.Standard),
        [nameof(ForecastingOptions.Streaming)] = "false",
        [nameof(ForecastingOptions.Sort)] = "false",
        [nameof(ForecastingOptions.Resample)] = nameof(Resampling.None),
        [nameof(ForecastingOptions.ShortSeries)] = nameof(ShortSeries.Error),
        [nameof(ForecastingOptions.MissingValues)] = nameof(MissingValues.Error),
    };

    // Later parts of an option, which are left out of its text while they are null.
    private static readonly HashSet<string> LaterParts = [nameof(ForecastOutput.Components)];

    /// <summary>The fingerprint of this run. Reads all its rows once; they are in memory.</summary>
    public static Dictionary<string, string> Of(TorchNetwork network, TrainingJob job, TrainingOptions options)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string text) in job.Subject)
            all[name] = Shortened(text);
        all["weights"] = $"{Text(network.Parameters.Values.shape[0])} in the order of layers";
        all["loss"] = job.Objective.GetType().Name;
        all["rows of a shard"] = BatchShards.Rule;
        foreach ((string name, string text) in Options(options, property => !Changeable.Contains(property.Name)))
            all["Training." + name] = text;
        all["training rows"] = Rows(job.Training);
        all["validation rows"] = job.Validation is { } validation ? Rows(validation) : "none";
        return all;
    }

    /// <summary>The public properties of an options record, by name.</summary>
    public static IEnumerable<(string Name, string Text)> Options(object options, Func<PropertyInfo, bool> wanted) => options.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0 && wanted(property))
        .Select(property => (property.Name, Shortened(Text(property.GetValue(options)))));

    /// <exception cref="FormatException">The checkpoint has no fingerprint.</exception>
    public static void MustBeThere(string file, TrainingState saved)
    {
        if (saved.Fingerprints.Count == 0)
        {
            throw new FormatException(
                $"The checkpoint '{file}' was written by an earlier version of MLNet.Sequence and does not contain the rows and options of its run. "
                    + "Finish the run with that version, or start again in another folder.");
        }
    }

    /// <summary>The names whose texts differ, with both; a name that one side lacks has what the version that wrote it did.</summary>
    /// <param name="saved">From a file, perhaps of an earlier version.</param>
    /// <param name="fresh">Of this run.</param>
    public static IEnumerable<(string Name, string Saved, string Fresh)> Differences(
        IReadOnlyDictionary<string, string> saved, IReadOnlyDictionary<string, string> fresh)
    {
        string Absent(string name) => Later.GetValueOrDefault(name[(name.LastIndexOf('.') + 1)..], "none");
        return saved.Keys.Union(fresh.Keys)
            .Select(name => (Name: name, Saved: saved.GetValueOrDefault(name, Absent(name)), Fresh: fresh.GetValueOrDefault(name, Absent(name))))
            .Where(both => both.Saved != both.Fresh);
    }

    /// <exception cref="FormatException">The runs differ; the message names all differences, with the values of the checkpoint and of this
    /// run.</exception>
    public static void MustMatch(string file, TrainingState saved, TrainingState fresh)
    {
        List<string> differences = [.. Differences(saved.Fingerprints, fresh.Fingerprints)
            .Select(both => $"{Shortened(both.Name)}: {Shortened(both.Saved ?? "null")} in the checkpoint, {both.Fresh} in this run")];
        if (fresh.AskedSeed is { } seed && seed != saved.Seed)
            differences.Add(FormattableString.Invariant($"Training.Seed: {saved.Seed} in the checkpoint, {seed} in this run"));
        if (differences.Count > MostNamed)
            differences = [.. differences.Take(MostNamed), $"and {differences.Count - MostNamed} more"];
        if (differences.Count > 0)
        {
            throw new FormatException(
                $"The checkpoint '{file}' is of another run:\n{string.Join("\n", differences)}\nResume with the checkpoint's values, name another "
                    + "checkpoint in Training.ResumeFrom, or leave it out to train from the beginning.");
        }
    }

    private static string Rows(IBatchSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        source.AddTo(hash);
        return string.Create(CultureInfo.InvariantCulture, $"{source.Count} (SHA-256 {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]})");
    }

    // The same text in every culture, unlike a record's own text; lists by their elements.
    private static string Text(object? value) => value switch
    {
        null => "none",
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ => $"{value.GetType().Name} {{ {string.Join(", ", Properties(value))} }}",
    };

    private static IEnumerable<string> Properties(object value) => value.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0 && !(LaterParts.Contains(property.Name) && property.GetValue(value) is null))
        .Select(property => $"{property.Name} = {Text(property.GetValue(value))}");

    private static string Shortened(string text)
    {
        byte[] all = Encoding.UTF8.GetBytes(text);
        string kept = text.Length <= LongestText ? text : $"{text[..LongestText]}… (SHA-256 {Convert.ToHexStringLower(SHA256.HashData(all))[..16]})";
        // Text that is cut inside a character would change when it is read from a file.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept));
    }
}
