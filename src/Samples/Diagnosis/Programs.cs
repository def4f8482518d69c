using System.Reflection;
using System.Text.Json;

namespace MLNet.Sequence.Samples.Diagnosis;

/// <summary>The versions of what this program is made of.</summary>
internal static class Programs
{
    /// <summary>The version of the assembly with this type, without the commit.</summary>
    public static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? type.Assembly.GetName().Version?.ToString() ?? "unknown";

    /// <summary>The first package of this program whose name begins so and that is for this system, with its version; null: there is none.</summary>
    public static string? Package(string start)
    {
        string file = Path.ChangeExtension(typeof(Programs).Assembly.Location, ".deps.json");
        if (!File.Exists(file))
            return null;
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return json.RootElement.GetProperty("targets").EnumerateObject().SelectMany(target => target.Value.EnumerateObject())
            .Where(package => package.Name.StartsWith(start, StringComparison.OrdinalIgnoreCase)
                && (package.Value.TryGetProperty("native", out _) || package.Value.TryGetProperty("runtimeTargets", out _)))
            .Select(package => package.Name.Replace('/', ' ')).FirstOrDefault();
    }
}
