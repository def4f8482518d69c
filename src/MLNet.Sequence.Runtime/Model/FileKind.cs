namespace MLNet.Sequence.Model;

/// <summary>
/// What a file seems to be, by its first bytes and its entries' names: so that one that was given to the wrong door is told of the
/// right one, and is not called damaged.
/// </summary>
/// <param name="What">As messages call it.</param>
/// <param name="Reader">What reads it; null where nothing of ours or of ML.NET's does.</param>
internal sealed record FileKind(string What, string? Reader = null)
{
    public static FileKind Model { get; } = new("a model of MLNet.Sequence", "SequenceModel.Load");

    public static FileKind Session { get; } = new("the states of a session", "SequenceSession.Restore");

    public static FileKind Safetensors { get; } = new("a safetensors file, as training checkpoints are", "TrainingOptions.ResumeFrom");

    private static FileKind Pipeline { get; } = new("a model of ML.NET", "ml.Model.Load");

    private static FileKind Onnx { get; } = new("an ONNX model", "ML.NET's ApplyOnnxModel, or ONNX Runtime,");

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
        _ => file.StartsWith("MLNet.Sequence session"u8) ? Session : new FileKind("no zip archive"),
    };

    /// <summary>"it is a model of ML.NET: ml.Model.Load reads it."</summary>
    public override string ToString() => Reader is null ? $"it is {What}." : $"it is {What}: {Reader} reads it.";
}
