using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>Hyper-parameters of the architectures: --set lstm.hiddenSize=64,bidirectional.inner.layers=2.</summary>
internal sealed class SettingsOption
{
    private readonly Option<string?> _set = new(
        "--set")
    { Description = "Hyper-parameters, such as lstm.hiddenSize=64,tcn.levels=6. [default: those of each architecture]", HelpName = "NAME.SETTING=VALUE" };

    public Option Option => _set;

    /// <summary>The architectures with these names, with their settings.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="names">Their names.</param>
    /// <param name="known">The architecture of a name, or an error that lists the names; null, the default: those of one sequence.</param>
    public Architecture[] Read(ParseResult parsed, IReadOnlyList<string> names, Func<string, Architecture>? known = null)
    {
        known ??= Architecture.FromName;
        JsonObject[] records = [.. names.Select(name => new JsonObject { ["name"] = known(name).Name })];
        foreach (string setting in (parsed.GetValue(_set) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (setting.Split('=') is not [var key, var value] || key.Split('.') is not [var name, .. var path, var property])
                throw new UserError($"--set: '{setting}' is not of the form NAME.SETTING=VALUE, such as lstm.hiddenSize=64.");
            JsonObject record = records.FirstOrDefault(record => (string?)record["name"] == name)
                ?? throw new UserError($"--set: '{name}' is not one of the chosen architectures: {string.Join(", ", names)}.");
            path.Aggregate(record, Inner)[property] = Value(value);
        }

        return [.. records.Select(Parse)];
    }

    private static Architecture Parse(JsonObject record)
    {
        try
        {
            var architecture = Architecture.Parse(record.ToJsonString());
            architecture.Validate();
            return architecture;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new UserError($"--set: {exception.Message}", exception);
        }
    }

    // The architecture inside a record. It is created if it is missing; if only its name was set, the name becomes a record.
    private static JsonObject Inner(JsonObject record, string property)
    {
        if (record[property] is JsonObject inner)
            return inner;
        var made = new JsonObject();
        if (record[property] is { } name)
            made["name"] = name.DeepClone();
        record[property] = made;
        return made;
    }

    // A number, true, false or null as in JSON; anything else is text.
    private static JsonNode? Value(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }
}
