namespace MLNet.Sequence;

/// <summary>How a model is exported to ONNX; the defaults are for whole sequences.</summary>
public sealed record OnnxOptions
{
    /// <summary>What one run of the model computes. Default: whole sequences.</summary>
    public OnnxMode Mode { get; init; }

    /// <summary>
    /// The training series whose scaling is written into the model of a forecaster. Null, the default: the only scaling of the model. If
    /// the model knows several series, each window then has its own scaling, as for a series that was not in training; a model of one step
    /// then carries its window.
    /// </summary>
    public string? Series { get; init; }

    /// <summary>
    /// Whether the model has a second input <c>Lengths</c>, int64 [batch]: the valid steps of each row, from 1. The steps after them are
    /// padding, whose values are ignored. Only for whole sequences, and not for a forecaster, whose windows all have the same length.
    /// Default false: all steps are valid.
    /// </summary>
    public bool Lengths { get; init; }

    /// <summary>
    /// The number of bytes above which weights are written to a second file, since one ONNX message is limited to 2 GiB.
    /// </summary>
    internal long LargestInside { get; init; } = 2_000_000_000;
}
