using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A private folder of the current user (mode 0700) with modified copies of libraries (mode 0600), each named by the SHA-256 of its
/// original. An existing copy is used only if it is byte for byte the same as a new one.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PatchedLibraryCache(string directory)
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The possible folders, best first: the user's cache, then a folder of the user in the temporary folder.</summary>
    public static IEnumerable<string> Directories()
    {
        const string name = "mlnet-sequence";
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!Path.IsPathFullyQualified(cache ?? ""))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            cache = Path.IsPathFullyQualified(home) ? Path.Combine(home, ".cache") : null;
        }
        if (cache is not null)
            yield return Path.Combine(cache, name);
        yield return Path.Combine(Path.GetTempPath(), $"{name}-{UnixEntry.CurrentUser}");
    }

    /// <summary>The path of <paramref name="patched"/>, which is written first if it is missing.</summary>
    /// <exception cref="IOException">The folder or the file is a symbolic link, another user's, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public string Store(byte[] original, byte[] patched)
    {
        ClaimDirectory();
        var path = Path.Combine(directory, $"libLibTorchSharp-{Convert.ToHexStringLower(SHA256.HashData(original))}.so");
        var entry = UnixEntry.At(path);
        if (entry is { IsFile: false })
            throw new IOException($"{path} is {(entry.Value.IsLink ? "a symbolic link" : "not a file")}; remove it");
        if (entry?.Owner != UnixEntry.CurrentUser || !Holds(path, patched))
            Write(path, patched);
        else if (entry.Value.Permissions != FileMode600)
            File.SetUnixFileMode(path, FileMode600);
        return path;
    }

    private void ClaimDirectory()
    {
        if (UnixEntry.At(directory) is null)
            Directory.CreateDirectory(directory, DirectoryMode);
        var entry = UnixEntry.At(directory) ?? throw new IOException($"{directory} cannot be created");
        if (!entry.IsDirectory)
            throw new IOException($"{directory} is {(entry.IsLink ? "a symbolic link" : "not a folder")}; remove it");
        if (entry.Owner != UnixEntry.CurrentUser)
            throw new IOException($"{directory} belongs to user {entry.Owner}, not to user {UnixEntry.CurrentUser} who runs this process");
        if (entry.Permissions != DirectoryMode)
            File.SetUnixFileMode(directory, DirectoryMode);
    }

    private static bool Holds(string path, byte[] content)
    {
        try
        {
            return new FileInfo(path).Length == content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
        }
        catch (UnauthorizedAccessException)
        {
            // Its permission bits were removed: it is written again with the right ones.
            return false;
        }
    }

    private void Write(string path, byte[] content)
    {
        var temporary = Path.Combine(directory, $".{Guid.NewGuid():N}.tmp");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = FileMode600,
            };
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
