namespace MLNet.Sequence.Tests.Torch;

/// <summary>A folder of one test, removed with all it holds at the test's end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mlnet-sequence-test-").FullName;

    public string At(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Folder(params ReadOnlySpan<string> parts) => Directory.CreateDirectory(At(parts)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
