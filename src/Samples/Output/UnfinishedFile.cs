namespace MLNet.Sequence.Samples.Output;

/// <summary>A file that appears whole: it is written next to its place, hidden and with a name of its own, and then moved. Otherwise it is deleted.</summary>
/// <param name="path">Its place.</param>
internal sealed class UnfinishedFile(string path) : IDisposable
{
    /// <summary>Where to write it.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? "", $".{Guid.NewGuid():N}.unfinished");

    /// <summary>Moves it to its place.</summary>
    public void Finish(bool overwrite = false) => File.Move(Path, path, overwrite);

    public void Dispose() => File.Delete(Path);
}
