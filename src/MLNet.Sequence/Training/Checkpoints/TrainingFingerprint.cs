using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Training;

/// <summary>What must be the same in a resumed run for it to end as the run that it continues would have, by name.</summary>
internal static class TrainingFingerprint
{
    private const int LongestText = 160, MostNamed = 12;

    // They change where training stops and what it tells, not what a step does. The seed is the checkpoint's, unless another is asked for.
    private static readonly HashSet<string> Changeable =
    [
        nameof(TrainingOptions.Epochs), nameof(TrainingOptions.MaxSteps), nameof(TrainingOptions.MaxTime), nameof(TrainingOptions.Clock),
        nameof(TrainingOptions.Patience), nameof(TrainingOptions.Seed), nameof(TrainingOptions.Threads), nameof(TrainingOptions.Checkpoints),
        nameof(TrainingOptions.ResumeFrom), nameof(TrainingOptions.WarmStart), nameof(TrainingOptions.WarmStartDifferences),
        nameof(TrainingOptions.TensorBoardDirectory), nameof(TrainingOptions.Progress), nameof(TrainingOptions.CancellationToken),
    ];

    /// <summary>Of this run. Reads all its rows once, which are in memory.</summary>
    public static Dictionary<string, string> Of(TorchNetwork network, TrainingJob job, TrainingOptions options)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string text) in job.Subject)
            all[name] = Shortened(text);
        all["weights"] = $"{Text(network.Parameters.Values.shape[0])} in the order of layers";
        all["loss"] = job.Objective.GetType().Name;
        foreach ((string name, string text) in Options(options, property => !Changeable.Contains(property.Name)))
            all["Training." + name] = text;
        all["training rows"] = Rows(job.Training);
        all["validation rows"] = job.Validation is { } validation ? Rows(validation) : "none";
        return all;
    }

    /// <summary>The public properties of a record of options, by name.</summary>
    public static IEnumerable<(string Name, string Text)> Options(object options, Func<PropertyInfo, bool> wanted) => options.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0 && wanted(property))
        .Select(property => (property.Name, Shortened(Text(property.GetValue(options)))));

    /// <exception cref="FormatException">The checkpoint has none.</exception>
    public static void MustBeThere(string file, TrainingState saved)
    {
        if (saved.Fingerprints.Count == 0)
        {
            throw new FormatException(
                $"The checkpoint '{file}' was written by an earlier version of MLNet.Sequence, and does not say which rows and options its run had. Finish "
                    + "the run with that version, or start anew in another folder.");
        }
    }

    /// <exception cref="FormatException">Names all that differs, with what the checkpoint has and what this run has.</exception>
    public static void MustMatch(string file, TrainingState saved, TrainingState fresh)
    {
        List<string> differences = [.. saved.Fingerprints.Keys.Union(fresh.Fingerprints.Keys)
            .Select(name => (Name: name, Saved: saved.Fingerprints.GetValueOrDefault(name, "none"), Fresh: fresh.Fingerprints.GetValueOrDefault(name, "none")))
            .Where(both => both.Saved != both.Fresh)
            .Select(both => $"{Shortened(both.Name)}: {Shortened(both.Saved ?? "null")} in the checkpoint, {both.Fresh} in this run")];
        if (fresh.AskedSeed is { } seed && seed != saved.Seed)
            differences.Add(FormattableString.Invariant($"Training.Seed: {saved.Seed} in the checkpoint, {seed} in this run"));
        if (differences.Count > MostNamed)
            differences = [.. differences.Take(MostNamed), $"and {differences.Count - MostNamed} more"];
        if (differences.Count > 0)
        {
            throw new FormatException(
                $"The checkpoint '{file}' is of another run:\n{string.Join("\n", differences)}\nResume with what the checkpoint has, name another "
                    + "checkpoint in Training.ResumeFrom, or leave that out to train anew.");
        }
    }

    private static string Rows(IBatchSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        source.AddTo(hash);
        return string.Create(CultureInfo.InvariantCulture, $"{source.Count} (SHA-256 {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]})");
    }

    // The same in every culture, unlike a record's own text; lists by their elements.
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
        .Where(property => property.GetIndexParameters().Length == 0)
        .Select(property => $"{property.Name} = {Text(property.GetValue(value))}");

    private static string Shortened(string text)
    {
        byte[] all = Encoding.UTF8.GetBytes(text);
        string kept = text.Length <= LongestText ? text : $"{text[..LongestText]}… (SHA-256 {Convert.ToHexStringLower(SHA256.HashData(all))[..16]})";
        // What is cut inside a character comes back from a file as another.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept));
    }
}
