using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Tuning;

/// <summary>An architecture with another width and another rate of dropout, as far as it has them, by their names in its saved form.</summary>
internal static class VariedArchitecture
{
    // The first one that a record has is its width.
    private static readonly string[] Widths = ["hiddenSize", "channels", "size"];

    public static Architecture With(Architecture architecture, int? width, double? dropout)
    {
        if (architecture is Reference)
            return architecture;
        JsonObject saved = JsonSerializer.SerializeToNode(architecture, ArchitectureJson.Default.Architecture)!.AsObject();
        if (width is { } units && Widths.FirstOrDefault(saved.ContainsKey) is { } name)
            saved[name] = units;
        if (dropout is { } rate && saved.ContainsKey("dropout"))
            saved["dropout"] = rate;
        return Architecture.Parse(saved.ToJsonString());
    }
}
