using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.GZip;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>Opens text files, also those that gzip has packed (.gz).</summary>
internal static class TextFile
{
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, and what it should be, for messages: "--data names a CSV file".</param>
    /// <param name="read">Reads it.</param>
    public static T Read<T>(string path, string option, Func<StreamReader, T> read)
    {
        if (Directory.Exists(path))
            throw new UserError($"'{path}' is a folder; {option}.");
        if (!File.Exists(path))
            throw new UserError($"There is no data file '{path}'.");
        try
        {
            using Stream file = File.OpenRead(path);
            // .NET's own GZipStream takes a file that is cut off for a whole one.
            using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipInputStream(file) : file;
            using var reader = new StreamReader(stream);
            return read(reader);
        }
        catch (Exception exception) when (exception is SharpZipBaseException or EndOfStreamException)
        {
            throw new UserError($"'{path}' is not a whole gzip file, which ends in a checksum and a length: {exception.Message}", exception);
        }
    }

    /// <summary>The lines that are not empty, with their numbers.</summary>
    public static IEnumerable<(int Number, string Text)> Lines(StreamReader reader)
    {
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
                yield return (number, line);
        }
    }
}
