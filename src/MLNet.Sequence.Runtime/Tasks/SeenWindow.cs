namespace MLNet.Sequence.Tasks;

/// <summary>What a network reads of a window, standardised.</summary>
/// <param name="past">[steps × channels].</param>
/// <param name="beside">What is known of each step ahead, and then what has no steps.</param>
internal readonly ref struct SeenWindow(Span<float> past, Span<float> beside)
{
    public Span<float> Past { get; } = past;

    public Span<float> Beside { get; } = beside;
}
