namespace MLNet.Sequence;

/// <summary>How a model is written as ONNX; the defaults serve for whole sequences.</summary>
public sealed record OnnxOptions
{
    /// <summary>What one run of it computes. Default: whole sequences.</summary>
    public OnnxMode Mode { get; init; }

    /// <summary>
    /// The series whose scaling is written into the model of a forecaster: one that was in training. Null, the default: the only one
    /// there is, or, where the model knows several series, that of each window by itself, as for a series that was not in training;
    /// a model of one step then carries its window.
    /// </summary>
    public string? Series { get; init; }

    /// <summary>
    /// Whether the model has a second input <c>Lengths</c>, int64 [batch]: the valid steps of each row, from 1; those after them
    /// are padding, which may hold anything and changes nothing. Of whole sequences only, and not of a forecaster, whose windows
    /// are all of one length. Default false: all steps are valid.
    /// </summary>
    public bool Lengths { get; init; }

    /// <summary>
    /// Bytes of weights beyond which they are written to a file beside the model's, since one message of ONNX ends at 2 GiB.
    /// </summary>
    internal long LargestInside { get; init; } = 2_000_000_000;
}
