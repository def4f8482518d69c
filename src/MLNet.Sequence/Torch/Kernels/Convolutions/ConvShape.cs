using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The sizes of a causal convolution: output i of a row reads, for tap j, the step i · <see cref="Stride"/> + j · <see cref="Dilation"/> of
/// the given steps with <see cref="Zeros"/> zeros before them.
/// </summary>
/// <param name="Rows">B.</param>
/// <param name="Steps">The given steps of a row.</param>
/// <param name="Channels">C.</param>
/// <param name="Outputs">The steps that are computed.</param>
internal sealed record ConvShape(int Rows, int Steps, int Channels, int Outputs)
{
    /// <summary>D, the channels of an output.</summary>
    public required int Filters { get; init; }

    /// <summary>k.</summary>
    public required int Taps { get; init; }

    /// <summary>The distance of neighbouring outputs, in given steps.</summary>
    public required int Stride { get; init; }

    /// <summary>The distance of neighbouring taps, in given steps.</summary>
    public required int Dilation { get; init; }

    /// <summary>Whether the outputs are max(y, 0).</summary>
    public bool Rectified { get; init; }

    /// <summary>Whether what came before has weights, so that the gradients of the input are needed.</summary>
    public bool NeedsInputGradient { get; init; } = true;

    /// <summary>What a dropout mask multiplies the outputs with that it keeps; 1: there is no mask.</summary>
    public float MaskScale { get; init; } = 1;

    public int Zeros => (Outputs - 1) * Stride + 1 + (Taps - 1) * Dilation - Steps;

    /// <summary>The outputs of whole tiles.</summary>
    public int TiledOutputs => TileProduct.Rows(Outputs);

    /// <summary>The steps that whole tiles read.</summary>
    public int TiledSteps => (TiledOutputs - 1) * Stride + 1 + (Taps - 1) * Dilation;

    /// <summary>The channels in whole tiles.</summary>
    public int TiledChannels => TileProduct.Rows(Channels);

    /// <summary>The channels in whole panels.</summary>
    public int ChannelColumns => TileProduct.Columns(Channels);

    /// <summary>The filters in whole panels.</summary>
    public int FilterColumns => TileProduct.Columns(Filters);

    /// <summary>The distance of copied steps, of sums of outputs and of gradients of steps.</summary>
    public int StepStride => Apart(TiledChannels);

    /// <inheritdoc cref="StepStride"/>
    public int OutputStride => Apart(FilterColumns);

    /// <inheritdoc cref="StepStride"/>
    public int GradientStride => Apart(ChannelColumns);

    public int ChannelPanels => ChannelColumns / TileProduct.Width;

    public int FilterPanels => FilterColumns / TileProduct.Width;

    /// <summary>The first output for which a tap reads a given step; <see cref="Outputs"/> if there is none.</summary>
    public int First(int tap) => Math.Clamp((Zeros - tap * Dilation + Stride - 1) / Stride, 0, Outputs);

    /// <summary>The number of values of the largest tensor or of the kernel's own memory.</summary>
    public long Largest()
    {
        // Not TiledSteps, which may be too large for an int.
        long steps = (long)(TiledOutputs - 1) * Stride + 1 + (long)(Taps - 1) * Dilation, tensors = Math.Max((long)Steps * Channels, (long)Outputs * Filters);
        long weights = (long)Taps * (TiledChannels * FilterColumns + Filters * ChannelColumns);
        return Math.Max(tensors * Rows, steps * (StepStride + GradientStride) + (long)TiledOutputs * OutputStride + weights);
    }

    // At a distance of many cache lines, a power of two, rows would take each other's place in the cache.
    private static int Apart(int values) => values % 64 == 0 ? values + 16 : values;
}
