using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace MLNet.Sequence.Samples.Output;

/// <summary>A trained architecture and its scores.</summary>
internal sealed record TaskResult(string Architecture, long Parameters, double SecondsPerEpoch, IReadOnlyDictionary<string, double> Metrics);

/// <summary>The results of a command on rows that hold sequences: a table to look at, and one JSON object.</summary>
internal static class TaskResults
{
    public static void Write(string path, string command, IReadOnlyList<TaskResult> results)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("command", command);
        json.WriteStartArray("results");
        foreach (TaskResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("architecture", result.Architecture);
            json.WriteNumber("parameters", result.Parameters);
            Write(json, "secondsPerEpoch", result.SecondsPerEpoch);
            json.WriteStartObject("metrics");
            foreach ((string name, double value) in result.Metrics)
                Write(json, name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Print(Terminal terminal, IReadOnlyList<TaskResult> results)
    {
        var table = new Table { Border = terminal.IsInteractive ? TableBorder.Simple : TableBorder.Ascii };
        table.AddColumn(new TableColumn("model").NoWrap());
        foreach (string name in (string[])["parameters", "s/epoch", .. results[0].Metrics.Keys])
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (TaskResult result in results)
        {
            table.AddRow([
                Markup.Escape(result.Architecture),
                result.Parameters.ToString("N0", CultureInfo.InvariantCulture),
                result.SecondsPerEpoch.ToString("F2", CultureInfo.InvariantCulture),
                .. result.Metrics.Values.Select(value => double.IsFinite(value) ? value.ToString("G5", CultureInfo.InvariantCulture) : "-"),
            ]);
        }

        terminal.Console.Write(table);
    }

    // JSON has no NaN: a measure that nothing defines is null.
    private static void Write(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
