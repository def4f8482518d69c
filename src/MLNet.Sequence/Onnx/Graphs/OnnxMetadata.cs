using System.Text.Json;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Onnx;

/// <summary>The metadata of a file.</summary>
internal static class OnnxMetadata
{
    public static IReadOnlyDictionary<string, string> Of(SequenceModel model, OnnxOptions options, OnnxGraph graph)
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["mode"] = options.Mode == OnnxMode.Step ? "step" : "sequence",
            ["architecture"] = JsonSerializer.Serialize(model.Architecture, ArchitectureJson.Default.Architecture),
            ["task"] = JsonSerializer.Serialize(model.Task, ModelJson.Default.SequenceTask),
        };
        if (options.Series is { } series)
            metadata["series"] = series;
        // For a next step they are the tokens.
        if (model.Task.NextSteps is null && model.Task.Prediction.Names is { } names)
            metadata["classes"] = JsonSerializer.Serialize(names.Values);
        if (model.Task.Tokens?.Values is { } tokens)
            metadata["tokens"] = JsonSerializer.Serialize(tokens);
        foreach (ValueInfoProto value in graph.Proto.Input)
            metadata[$"input.{value.Name}"] = Describe(value);
        foreach (ValueInfoProto value in graph.Proto.Output)
            metadata[$"output.{value.Name}"] = Describe(value);
        return metadata;
    }

    // For example "float [batch, time, 3]: a, b, c; in the data's units".
    private static string Describe(ValueInfoProto value)
    {
        IEnumerable<string> shape = value.Type.TensorType.Shape.Dim.Select(size => size.HasDimParam ? size.DimParam : $"{size.DimValue}");
        return $"{value.Type.TensorType.ElemType.ToString().ToLowerInvariant()} [{string.Join(", ", shape)}]: {value.DocString}";
    }
}
