using System.Reflection;
using System.Text.RegularExpressions;

namespace MLNet.Sequence.Samples.Studio.Projects;

/// <summary>A file of a generated project with places for values.</summary>
internal static partial class Template
{
    /// <exception cref="InvalidOperationException">The template has a place without a value.</exception>
    public static string Fill(string name, IReadOnlyDictionary<string, string> values)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"project/{name}.txt")
            ?? throw new InvalidOperationException($"There is no template '{name}'.");
        using var reader = new StreamReader(stream);
        // In one pass: a value that looks like a place stays a value.
        return Place().Replace(reader.ReadToEnd(), match => values.TryGetValue(match.Groups[1].Value, out string? value) ? value
            : throw new InvalidOperationException($"The template '{name}' needs '{match.Groups[1].Value}'."));
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Place();
}
