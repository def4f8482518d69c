using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Samples.Output;

namespace MLNet.Sequence.Samples;

/// <summary>
/// A file with a command and its options (mlseq.json), so that a run can be repeated: {"command": "forecast", "horizon": 24}. The options of
/// the command line take precedence. Every command reads and writes it.
/// </summary>
internal sealed class RunFile
{
    private const string CommandName = "command", VersionName = "mlseq";

    private readonly Option<string?> _read = new("--config")
    {
        Description = "A file with the command and its options, such as mlseq.json. Options on the command line take precedence.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<string?> _save = new("--save-config")
    {
        Description = "Where to write the command and the options that were given, for --config.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>The program's version, without the commit.</summary>
    public static string Version { get; } =
        typeof(RunFile).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public void AddTo(RootCommand root)
    {
        root.Add(_read);
        root.Add(_save);
    }

    /// <summary>The command line with the options of its file, as if they had been typed.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="args">The command line.</param>
    /// <param name="tell">Receives notes for the user.</param>
    /// <exception cref="UserError">The file cannot be read, or has a name that the command does not have.</exception>
    public ParseResult Parse(RootCommand root, IReadOnlyList<string> args, Action<string> tell)
    {
        ParseResult typed = root.Parse(args);
        if (typed.GetResult(_read) is not { } given || given.Errors.Any() || typed.GetValue(_read) is not { } path)
            return typed;
        using JsonDocument file = Open(path);
        Command command = Command(root, typed, file.RootElement, path);
        string[] start = typed.CommandResult.Command == root && command != root ? [command.Name, .. args] : [.. args];
        typed = root.Parse(start);
        List<string> more = [];
        foreach (JsonProperty entry in file.RootElement.EnumerateObject())
        {
            if (entry.Name == VersionName && entry.Value.ToString() is var version && version != Version)
                tell($"'{path}' was written by mlseq {version}; this is {Version}, whose defaults may differ");
            if (entry.Name is CommandName or VersionName)
                continue;
            Option option = Find(command, entry.Name, path);
            if (typed.GetResult(option) is not { Implicit: false })
                more.AddRange(Words(option, entry.Value, path));
        }

        return root.Parse([.. start, .. more]);
    }

    /// <summary>Fails now, not after minutes of training, if the file cannot be written.</summary>
    public void MustTake(ParseResult parsed) => StagedFiles.MustTakeFile(parsed.GetValue(_save), _save.Name);

    /// <summary>Writes the command and the options that were given, if the user wants it.</summary>
    public void Save(ParseResult parsed, TextWriter output)
    {
        if (parsed.GetValue(_save) is not { } path)
            return;
        using var files = new StagedFiles();
        using (FileStream stream = File.Create(files.For(path)))
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString(VersionName, Version);
            json.WriteString(CommandName, Name(parsed.CommandResult.Command));
            foreach (Option option in Options(parsed.CommandResult.Command))
            {
                if (parsed.GetResult(option) is { Implicit: false } given)
                    Write(json, option, given);
            }

            json.WriteEndObject();
        }

        files.Commit();
        output.WriteLine($"Written: {path}; --config {path} repeats the run");
    }

    private static JsonDocument Open(string path)
    {
        if (!File.Exists(path))
            throw new UserError($"--config: there is no file '{path}'.");
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new UserError($"--config: '{path}' holds no JSON object, such as {{\"command\": \"forecast\", \"horizon\": 24}}.");
        }
        catch (JsonException exception)
        {
            throw new UserError($"--config: '{path}' is not JSON: {exception.Message}", exception);
        }
    }

    // Without a command on the command line and in the file, it is compare, whose options the program itself has.
    private static Command Command(RootCommand root, ParseResult typed, JsonElement file, string path)
    {
        Command own = typed.CommandResult.Command;
        if (!file.TryGetProperty(CommandName, out JsonElement named))
            return own;
        string name = named.ToString();
        Command found = root.Subcommands.FirstOrDefault(command => command.Name == name)
            ?? throw new UserError($"--config: '{path}' has the command '{name}'. "
                + NearestNames.Sentence(name, root.Subcommands.Select(one => one.Name), "program"));
        return own == root || own == found
            ? found
            : throw new UserError($"--config: '{path}' has options of the command '{name}', not of '{own.Name}'.");
    }

    private static Option Find(Command command, string name, string path) => Options(command).FirstOrDefault(option => option.Name == $"--{name}")
        ?? throw new UserError($"--config: '{path}' has '{name}', which is no option of {Name(command)}. "
            + NearestNames.Sentence(name, Options(command).Select(option => option.Name[2..]), "command"));

    // An option that takes several words, such as the two files of --train, has them one after the other; a list of others has commas.
    private static string[] Words(Option option, JsonElement value, string path)
    {
        if (option.AllowMultipleArgumentsPerToken && value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String))
            return [option.Name, .. value.EnumerateArray().Select(one => one.ToString())];
        return Typed(option, value, path) is { } word ? [word] : [];
    }

    // Null: as if the option were not there.
    private static string? Typed(Option option, JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.False when option.ValueType == typeof(bool) => null,
        JsonValueKind.True => option.ValueType == typeof(bool) ? option.Name : $"{option.Name}=true",
        JsonValueKind.Array when value.EnumerateArray().All(one => one.ValueKind is JsonValueKind.String or JsonValueKind.Number) =>
            $"{option.Name}={string.Join(',', value.EnumerateArray())}",
        JsonValueKind.String or JsonValueKind.Number or JsonValueKind.False => $"{option.Name}={value}",
        _ => throw new UserError($"--config: '{path}', '{option.Name[2..]}': expected a text, a number, true or false, or a list of texts; found {value}."),
    };

    private static void Write(Utf8JsonWriter json, Option option, OptionResult given)
    {
        string name = option.Name[2..], text = string.Join(',', given.Tokens.Select(token => token.Value));
        bool isNumber = (Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) is { IsPrimitive: true } type && type != typeof(bool);
        if (option.AllowMultipleArgumentsPerToken)
        {
            json.WriteStartArray(name);
            foreach (Token token in given.Tokens)
                json.WriteStringValue(token.Value);
            json.WriteEndArray();
        }
        else if (option.ValueType == typeof(bool))
            json.WriteBoolean(name, text.Length == 0 || bool.Parse(text));
        else if (isNumber && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
            json.WriteNumber(name, number);
        else
            json.WriteString(name, text);
    }

    private static string Name(Command command) => command is RootCommand ? "compare" : command.Name;

    private static IEnumerable<Option> Options(Command command) =>
        command.Options.Where(option => option.Name is not ("--help" or "--version" or "--config" or "--save-config"));
}
