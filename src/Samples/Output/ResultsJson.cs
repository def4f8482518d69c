using System.Text.Json;
using MLNet.Sequence.Samples.Commands;

namespace MLNet.Sequence.Samples.Output;

/// <summary>The results of a comparison as one JSON object, all numbers in full precision.</summary>
internal static class ResultsJson
{
    public static void Write(string path, ComparedData comparison)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", "compare");
        json.WriteString("data", comparison.Data);
        json.WriteNumber("rows", comparison.Rows);
        comparison.Report.WriteJson(json);
        json.WriteEndObject();
    }
}
