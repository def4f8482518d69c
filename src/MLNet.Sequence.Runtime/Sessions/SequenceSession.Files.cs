using MLNet.Sequence.Model;
using MLNet.Sequence.Sessions;

namespace MLNet.Sequence;

public sealed partial class SequenceSession
{
    /// <summary>Writes the states of all series, first under a temporary name and then renamed, so that a later process can continue.</summary>
    /// <param name="path">The file, which is replaced if it exists.</param>
    /// <remarks>
    /// The file identifies its model by everything that determines its numbers: weights, scaling, task and architecture. It is written
    /// piece by piece, and may have any size.
    /// </remarks>
    /// <exception cref="IOException">The file cannot be written; no incomplete file is left.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => SessionFile.Write(stream, this, _series));
    }

    /// <summary>Continues from the states in a file, which replace those of the session.</summary>
    /// <param name="path">A file that <see cref="Save"/> wrote for a session of the same model.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FormatException">It holds no states, is damaged, or is of another model; the message says which.</exception>
    public void Restore(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                Directory.Exists(path)
                    ? $"'{path}' is a folder; expected a file of {nameof(SequenceSession)}.{nameof(Save)}."
                    : $"There is no file of states '{path}'.", path);
        }

        using FileStream file = File.OpenRead(path);
        // The file is read completely before anything changes.
        List<(string Key, SessionSeries Series)> read;
        try
        {
            read = SessionFile.Read(file, path, this, Begin);
            foreach ((string key, SessionSeries series) in read)
                series.MustBeSound(key);
        }
        catch (Exception damage) when (damage is IOException or OverflowException || damage is FormatException
            && !damage.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new FormatException($"'{path}' is damaged: {damage.Message}", damage);
        }

        _series.Clear();
        foreach ((string key, SessionSeries series) in read)
            _series[key] = series;
    }
}
