using System.Text.RegularExpressions;

namespace MLNet.Sequence.Tests;

/// <summary>The rooms of a project, which are the folders of its sources. A namespace says who may use a type, a folder where it
/// is.</summary>
internal sealed partial class SourceRooms
{
    private readonly Dictionary<string, string> _rooms = [];
    private readonly List<SourceFile> _files = [];

    /// <param name="project">The project's folder in src.</param>
    public SourceRooms(string project)
    {
        string root = Path.Combine(SourceTree.Root, "src", project);
        foreach (string path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(root, path).Replace('\\', '/'), text = File.ReadAllText(path);
            if (relative.StartsWith("obj/", StringComparison.Ordinal) || relative.StartsWith("bin/", StringComparison.Ordinal))
                continue;
            string room = Path.GetDirectoryName(relative)!.Replace('\\', '/');
            string[] types = [.. Declaration().Matches(text).Select(match => match.Groups[1].Value)];
            _files.Add(new SourceFile(relative, room, text, types));
            foreach (string type in types)
                _rooms[$"{Namespace().Match(text).Groups[1].Value}.{type}"] = room;
        }
    }

    /// <summary>Every file, and the number of files in each room.</summary>
    public IEnumerable<(string Room, int Files)> Sizes => _files.GroupBy(file => file.Room).Select(room => (room.Key, room.Count()));

    /// <summary>The room in which a type is declared; null: the compiler or a generator made it.</summary>
    public string? Of(Type type) => _rooms.GetValueOrDefault($"{type.Namespace}.{type.Name.Split('`')[0]}");

    /// <summary>Constants and <c>nameof</c> leave no trace in an assembly. These are their uses across rooms.</summary>
    public IEnumerable<(string File, string User, string Type, string Used)> Vanished()
    {
        var byName = _files.SelectMany(file => file.Types.Select(type => (type, file))).ToLookup(one => one.type, one => one.file);
        HashSet<string> constants = [.. from file in _files
            from match in Constant().Matches(file.Text)
            from type in file.Types
            select $"{type}.{match.Groups[1].Value}"];
        return from file in _files
               from match in Mention().Matches(file.Text)
               let type = match.Groups["type"].Value
               where match.Groups["member"] is { Success: true } member ? constants.Contains($"{type}.{member.Value}") : !Declares(file, type)
               from declared in byName[type].Take(1)
               where declared.Room != file.Room
               select (file.Path, file.Room, type, declared.Room);
    }

    // If a property has the name of a type, the name means the property.
    private static bool Declares(SourceFile file, string name) => Regex.IsMatch(file.Text, $@"[\w>?\]] {name} *(\{{|=>|;|=[^=]|,|\))");

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:(?:public|internal|sealed|abstract|static|partial|readonly|ref|unsafe) )+(?:class|record struct|record|struct|interface|enum) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\bconst [\w?]+ (\w+) =")]
    private static partial Regex Constant();

    [GeneratedRegex(@"nameof\((?<type>[A-Z]\w*)\)|(?<![\w.])(?<type>[A-Z]\w*)\.(?<member>[A-Z]\w*)\b")]
    private static partial Regex Mention();

    private sealed record SourceFile(string Path, string Room, string Text, string[] Types);
}
