namespace MLNet.Sequence;

/// <summary>
/// The Euclidean norms of the gradient in the steps of an epoch, before clipping. Norms far above the median are gradients that explode; a
/// median that falls towards 0 is a gradient that vanishes (Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks").
/// </summary>
public sealed record GradientNorms
{
    /// <summary>The share of the steps whose gradient was clipped, by <c>ClipNorm</c> or <c>ClipValue</c>; in [0, 1].</summary>
    public required double Clipped { get; init; }

    /// <summary>The norm that a tenth of the steps stayed below.</summary>
    public required double Low { get; init; }

    /// <summary>The norm that half of the steps stayed below.</summary>
    public required double Median { get; init; }

    /// <summary>The norm that nine tenths of the steps stayed below.</summary>
    public required double High { get; init; }

    /// <summary>The norm of the step with the steepest loss.</summary>
    public required double Largest { get; init; }
}
