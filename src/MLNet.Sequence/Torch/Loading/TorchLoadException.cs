namespace MLNet.Sequence;

/// <summary>
/// libtorch or TorchSharp's native library cannot be loaded. The message names the file, the reason, and the remedy: the package to
/// reference or the folder to name.
/// </summary>
public sealed class TorchLoadException : Exception
{
    internal TorchLoadException(string message, string? file = null, Exception? inner = null)
        : base(message, inner) => File = file;

    /// <summary>The path, or only the name, of the file that could not be loaded; null if no single file is the cause.</summary>
    public string? File { get; }
}
