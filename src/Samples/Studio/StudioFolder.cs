using System.Buffers;

namespace MLNet.Sequence.Samples.Studio;

/// <summary>The folder that the user chose. Names from the page are names of files in it; nothing outside it is read or written.</summary>
internal sealed class StudioFolder
{
    private const string RunsName = "studio-runs", LockName = "studio.lock";
    private const int LongestName = 120;

    private static readonly SearchValues<char> Special = SearchValues.Create("/\\:*?\"<>|");

    private static readonly string[] Endings = [".csv", ".csv.gz", ".txt", ".tsv", ".parquet", ".pq", ".arrow", ".arrows", ".feather"];

    /// <exception cref="UserError">It is no folder, or nothing can be written to it.</exception>
    public StudioFolder(string path)
    {
        if (!Directory.Exists(path))
            throw new UserError($"--folder: there is no folder '{path}'. Create it, or name another one.");
        Root = Real(Path.GetFullPath(path));
        Runs = Path.Combine(Root, RunsName);
        Output.StagedFiles.MustTake(Root, "--folder");
    }

    public string Root { get; }

    /// <summary>Where runs are kept, each in its own folder.</summary>
    public string Runs { get; }

    /// <summary>Keeps other studios out of the folder, which would take this one's runs for interrupted ones and write over them.</summary>
    /// <returns>Holds the folder until it is disposed, or the process ends.</returns>
    /// <exception cref="UserError">Another studio holds it.</exception>
    public FileStream Claim()
    {
        Directory.CreateDirectory(Runs);
        try
        {
            return new FileStream(Path.Combine(Runs, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held)
        {
            throw new UserError($"--folder: another studio works in '{Root}'. Use its page, end it first, or name another folder.", held);
        }
    }

    /// <summary>The data files, the newest first.</summary>
    public IEnumerable<FileInfo> Files() => new DirectoryInfo(Root).EnumerateFiles()
        .Where(file => IsData(file.Name) && !file.Name.StartsWith('.') && file.LinkTarget is null)
        .OrderByDescending(file => file.LastWriteTimeUtc);

    /// <summary>The path of a data file that exists.</summary>
    public string Existing(string? name)
    {
        string path = Path.Combine(Root, Plain(name));
        if (!File.Exists(path))
            throw new UserError($"There is no file '{name}' in the folder of the studio.");
        return new FileInfo(path).LinkTarget is null
            ? path
            : throw new UserError($"'{name}' is a link. The studio reads only files that lie in its folder: copy the file into it.");
    }

    /// <summary>A path for a new data file with this name; if there is one already, with a number added.</summary>
    public string New(string? name)
    {
        string plain = Plain(name), ending = Endings.First(end => plain.EndsWith(end, StringComparison.OrdinalIgnoreCase));
        string stem = plain[..^ending.Length], path = Path.Combine(Root, plain);
        for (int number = 2; Path.Exists(path); number++)
            path = Path.Combine(Root, FormattableString.Invariant($"{stem} ({number}){ending}"));
        return path;
    }

    private static bool IsData(string name) => Array.Exists(Endings, end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    private static string Plain(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new UserError("No file is named.");
        bool isPlain = name.Length <= LongestName && name == Path.GetFileName(name) && !name.StartsWith('.') && !name.AsSpan().ContainsAny(Special)
            && !name.Any(char.IsControl) && !name.Contains("%2F", StringComparison.OrdinalIgnoreCase);
        if (!isPlain)
            throw new UserError($"'{name}' is not the name of a file in the folder of the studio.");
        return IsData(name) ? name : throw new UserError($"'{name}' is not a data file. Expected a name that ends in {string.Join(", ", Endings)}.");
    }

    // A link to the folder itself is the user's choice.
    private static string Real(string path) => new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
}
