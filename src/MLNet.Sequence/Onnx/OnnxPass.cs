namespace MLNet.Sequence.Onnx;

/// <summary>The settings of a pass in addition to the input: whether the input is whole sequences or one step of a stream.</summary>
internal sealed record OnnxPass
{
    /// <summary>The valid steps of each row, int64 [B]; null: all, or one step.</summary>
    public OnnxValue? Lengths { get; init; }

    /// <summary>The additional inputs of the network, by name: [B, H, C], or [B, C] for inputs without steps.</summary>
    public IReadOnlyDictionary<string, OnnxValue> Beside { get; init; } = new Dictionary<string, OnnxValue>();

    /// <summary>The memory that layers of this pass attend to, [B, T, M]; null: their own input.</summary>
    public OnnxValue? Memory { get; init; }

    /// <summary>The valid steps of each row of <see cref="Memory"/>, int64 [B]; null: all.</summary>
    public OnnxValue? MemoryLengths { get; init; }

    /// <summary>The state that is carried from step to step; null: whole sequences.</summary>
    public OnnxState? State { get; init; }

    /// <summary>Where a step of [B, T, …] is valid: bool [B, T, 1]; null: everywhere.</summary>
    public OnnxValue? Valid(OnnxValue sequence) => Lengths is { } lengths
        ? sequence.Steps().Unsqueeze(0, 2).Op("Less", lengths.Unsqueeze(1, 2))
        : null;
}
