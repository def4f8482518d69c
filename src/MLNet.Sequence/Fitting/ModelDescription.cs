using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.Sequence.Model;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Fitting;

/// <summary>An architecture and a task by the names of their properties, such as <c>architecture.hiddenSize</c> and <c>task.input.columns</c>.</summary>
internal static class ModelDescription
{
    public const string ArchitecturePrefix = "architecture.", TaskPrefix = "task.";

    /// <summary>The values of all properties as JSON, lists as a whole.</summary>
    public static Dictionary<string, string> Of(Architecture architecture, SequenceTask task)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        Flatten(JsonSerializer.SerializeToNode(architecture, ArchitectureJson.Default.Architecture), ArchitecturePrefix, all);
        Flatten(ModelFile.TaskJson(task), TaskPrefix, all);
        return all;
    }

    /// <summary>The part of a checkpoint that describes the model: this, and the other options of the trainer.</summary>
    public static Dictionary<string, string> Subject(Architecture architecture, SequenceTask task, object options)
    {
        Dictionary<string, string> all = Of(architecture, task);
        HashSet<string> said = new(all.Keys.Select(name => name[(name.LastIndexOf('.') + 1)..]), StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string text) in TrainingFingerprint.Options(
            options, property => property.PropertyType != typeof(IDataView) && property.PropertyType != typeof(TrainingOptions)
                && !said.Contains(property.Name)))
        {
            all[name] = text;
        }

        return all;
    }

    private static void Flatten(JsonNode? node, string prefix, Dictionary<string, string> all)
    {
        foreach ((string name, JsonNode? value) in node!.AsObject())
        {
            if (value is JsonObject inner)
                Flatten(inner, $"{prefix}{name}.", all);
            else
                all[prefix + name] = value?.ToJsonString() ?? "null";
        }
    }
}
