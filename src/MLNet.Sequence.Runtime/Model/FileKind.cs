namespace MLNet.Sequence.Model;

/// <summary>
/// What a file seems to be, by its first bytes and its entries' names: so that one that was given to the wrong door is told of the
/// right one, and is not called damaged.
/// </summary>
/// <param name="What">As messages call it.</param>
/// <param name="Reader">What reads it; null where nothing of ours or of ML.NET's does.</param>
/// <param name="Instead">Where that reader may be missing, what to write in its place.</param>
internal sealed record FileKind(string What, string? Reader = null, string Instead = "")
{
    // A zip names its entries at its end.
    private const int Looked = 1 << 16;

    public static FileKind Model { get; } = new("a model of MLNet.Sequence", "SequenceModel.Load");

    public static FileKind Session { get; } = new("the states of a session", "SequenceSession.Restore");

    public static FileKind Safetensors { get; } = new("a safetensors file, as training checkpoints are", "TrainingOptions.ResumeFrom");

    public static FileKind Unknown { get; } = new("no zip archive");

    private static FileKind Pipeline { get; } = new(
        "a model of ML.NET", "ml.Model.Load", " Where there is no ML.NET, use a file that SequenceModel.Save wrote: save the Model of the transformer in "
            + "the program that trained it.");

    private static FileKind Onnx { get; } = new("an ONNX model", "ML.NET's ApplyOnnxModel, or ONNX Runtime,");

    /// <summary>The kind of a file, of which no more than its first and last bytes are read; null: none that is known.</summary>
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

    /// <summary>The kind; null: none that is known.</summary>
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
