namespace MLNet.Sequence.Model;

/// <summary>Writes files under a temporary name in the same folder and renames them, so that no incomplete file is ever visible.</summary>
internal static class AtomicFile
{
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? full;
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}' to write '{Path.GetFileName(full)}' to.");
        // Not longer than the longest allowed name.
        string temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = File.Create(temporary))
            {
                write(stream);
                // The name must not become visible before the bytes are on disk.
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (UnauthorizedAccessException refused) when (refused.Message.Contains(temporary, StringComparison.Ordinal))
        {
            throw new UnauthorizedAccessException(Named(refused), refused);
        }
        catch (IOException failed) when (failed.Message.Contains(temporary, StringComparison.Ordinal))
        {
            throw new IOException(Named(failed), failed);
        }
        finally
        {
            File.Delete(temporary);
        }

        // The caller does not know the temporary file.
        string Named(Exception exception) => $"'{path}' cannot be written: {exception.Message.Replace(temporary, full, StringComparison.Ordinal)}";
    }
}
