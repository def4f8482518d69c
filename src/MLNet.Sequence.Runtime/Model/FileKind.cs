namespace MLNet.Sequence.Model;

/// <summary>
/// The probable kind of a file, by its first bytes and its entries' names: the reader of another kind of file can then name the right
/// reader, and does not call the file damaged.
/// </summary>
/// <param name="What">Its name in messages.</param>
/// <param name="Reader">The method or program that reads it; null if neither this library nor ML.NET does.</param>
/// <param name="Instead">What to write instead, if that reader may be missing.</param>
internal sealed record FileKind(string What, string? Reader = null, string Instead = "")
{
    // A zip names its entries at its end.
    private const int Looked = 1 << 16;

    public static FileKind Model { get; } = new("a model of MLNet.Sequence", "SequenceModel.Load");

    public static FileKind Session { get; } = new("the states of a session", "SequenceSession.Restore");

    public static FileKind Safetensors { get; } = new("a safetensors file, as training checkpoints are", "TrainingOptions.ResumeFrom");

    public static FileKind Unknown { get; } = new("no zip archive");

    public static FileKind Pipeline { get; } = new("a model of ML.NET", "ml.Model.Load");

    private static FileKind Onnx { get; } = new("an ONNX model", "ML.NET's ApplyOnnxModel, or ONNX Runtime,");

    /// <summary>The kind of a file, from its first and last bytes only; null: no known kind.</summary>
    public static FileKind? Of(Stream file)
    {
        var bytes = new byte[(int)Math.Min(file.Length, 2 * Looked)];
        Span<byte> first = bytes.AsSpan(0, Math.Min(bytes.Length, Looked)), last = bytes.AsSpan(first.Length);
        file.Position = 0;
        file.ReadExactly(first);
        file.Position = file.Length - last.Length;
        file.ReadExactly(last);
        return Of(bytes);
    }

    /// <summary>The kind; null: no known kind.</summary>
    public static FileKind? Of(ReadOnlySpan<byte> file) => file switch
    {
        [] => new FileKind("empty"),
        [(byte)'P', (byte)'K', ..] when file.IndexOf("weights.safetensors"u8) >= 0 => Model,
        // ML.NET writes the entry TrainingInfo/Version.txt, with either slash.
        [(byte)'P', (byte)'K', ..] => file.IndexOf("TrainingInfo"u8) >= 0 ? Pipeline : null,
        [_, _, _, _, _, _, _, 0, (byte)'{', ..] => Safetensors,
        // ir_version, and then the producer's name or the version of the operators.
        [0x08, < 0x20, 0x12 or 0x42, ..] => Onnx,
        _ => file.StartsWith("MLNet.Sequence session"u8) ? Session : Unknown,
    };

    /// <summary>"it is a model of ML.NET: ml.Model.Load reads it."</summary>
    public override string ToString() => Reader is null ? $"it is {What}." : $"it is {What}: {Reader} reads it.{Instead}";
}
