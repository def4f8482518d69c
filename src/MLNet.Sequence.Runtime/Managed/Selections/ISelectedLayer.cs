namespace MLNet.Sequence.Managed;

/// <summary>
/// A layer over sequences of one length, computed only at some steps of its output, from those steps of its input that they depend on. It gives
/// the bits of the whole sequence: each step's arithmetic is the same. Immutable; all changing values are in the caller's working space.
/// </summary>
internal interface ISelectedLayer
{
    /// <summary>The steps of the sequence that it reads, ascending.</summary>
    int[] Reads { get; }

    /// <summary>Number of floats of working space, of any content.</summary>
    int WorkSize { get; }

    /// <summary>The selected steps: [Reads.Length, input channels] to [wanted steps, output channels]. Allocates nothing.</summary>
    /// <param name="input">The steps that it reads.</param>
    /// <param name="output">Filled.</param>
    /// <param name="work">[<see cref="WorkSize"/>].</param>
    void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work);
}
