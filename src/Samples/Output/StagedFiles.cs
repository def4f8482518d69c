namespace MLNet.Sequence.Samples.Output;

/// <summary>
/// Results that appear all at once. They are written to a hidden folder next to their final place, and moved when everything has succeeded.
/// Otherwise nothing is left behind.
/// </summary>
internal sealed class StagedFiles : IDisposable
{
    private readonly List<(string Staged, string Final)> _files = [];
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly Stack<string> _made = new();

    /// <summary>The places of all results so far.</summary>
    public IEnumerable<string> Places => _files.Select(file => file.Final);

    /// <summary>Fails now, not after minutes of training, if a folder cannot be written to: writes a test file and deletes it.</summary>
    public static void MustTake(string folder, string option)
    {
        MustBeFolder(folder, option);
        using var trial = new StagedFiles();
        try
        {
            File.WriteAllText(trial.For(Path.Combine(folder, "trial")), "");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{option}: nothing can be written to '{folder}' ({refused.Message.Replace(Hidden, "", StringComparison.Ordinal)}).");
        }
    }

    /// <summary>The same check for one file.</summary>
    public static void MustTakeFile(string? path, string option)
    {
        if (path is null)
            return;
        if (Directory.Exists(path))
            throw new UserError($"{option}: '{path}' is a folder; a file is needed.");
        MustTake(Path.GetDirectoryName(Path.GetFullPath(path))!, option);
    }

    private static string Hidden => Path.DirectorySeparatorChar + $".unfinished-{Environment.ProcessId}";

    private static void MustBeFolder(string folder, string option)
    {
        for (string? part = Path.GetFullPath(folder); part is not null; part = Path.GetDirectoryName(part))
        {
            if (File.Exists(part))
                throw new UserError($"{option}: '{part}' is a file; a folder is needed.");
        }
    }

    /// <summary>Where to write a file that is moved to <paramref name="path"/> at the end; the file name is the same.</summary>
    public string For(string path)
    {
        string final = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(final)!.TrimEnd(Path.DirectorySeparatorChar) + Hidden;
        if (_folders.Add(folder))
            Make(folder);
        string staged = Path.Combine(folder, Path.GetFileName(final));
        _files.Add((staged, final));
        return staged;
    }

    /// <summary>Gives up a place: no file will be written there.</summary>
    public void Forget(string staged) => _files.RemoveAll(file => file.Staged == staged);

    /// <summary>Moves all results to their places.</summary>
    public void Commit()
    {
        foreach ((string staged, string final) in _files)
            File.Move(staged, final, overwrite: true);
    }

    public void Dispose()
    {
        foreach (string folder in _folders.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        while (_made.TryPop(out string? folder))
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
    }

    private void Make(string folder)
    {
        var missing = new Stack<string>();
        for (string? part = folder; part is not null && !Directory.Exists(part); part = Path.GetDirectoryName(part))
            missing.Push(part);
        foreach (string part in missing)
        {
            Directory.CreateDirectory(part);
            _made.Push(part);
        }
    }
}
