using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace MLNet.Sequence.Samples.Output;

/// <summary>A trained architecture and its scores.</summary>
internal sealed record TaskResult(string Architecture, long Parameters, double SecondsPerEpoch, IReadOnlyDictionary<string, double> Metrics);

/// <summary>The results of a command on rows that each hold a sequence: a table for the terminal, and one JSON object.</summary>
internal static class TaskResults
{
    // Between cells: a border with its spaces.
    private const int Apart = 3;

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
        string[][] rows =
        [
            ["model", "parameters", "s/epoch", .. results[0].Metrics.Keys],
            .. results.Select(result => (string[])
            [
                result.Architecture,
                result.Parameters.ToString("N0", CultureInfo.InvariantCulture),
                result.SecondsPerEpoch.ToString("F2", CultureInfo.InvariantCulture),
                .. result.Metrics.Values.Select(value => double.IsFinite(value) ? value.ToString("G5", CultureInfo.InvariantCulture) : "-"),
            ]),
        ];
        // If the names of all measures do not fit the terminal's width, each gets its own line.
        if (Enumerable.Range(0, rows[0].Length).Sum(column => rows.Max(row => row[column].Length) + Apart) >= terminal.Console.Profile.Width)
            rows = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Select(row => row[column]).ToArray())];
        var table = new Table { Border = terminal.IsInteractive ? TableBorder.Simple : TableBorder.Ascii };
        foreach ((int column, string name) in rows[0].Index())
            table.AddColumn(new TableColumn(Markup.Escape(name)) { Alignment = column == 0 ? Justify.Left : Justify.Right }.NoWrap());
        foreach (string[] row in rows[1..])
            table.AddRow([.. row.Select(Markup.Escape)]);
        terminal.Console.Write(table);
    }

    // JSON has no NaN: an undefined measure is null.
    private static void Write(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
