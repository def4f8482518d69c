namespace MLNet.Sequence.Tasks;

/// <summary>The network's input for a window, standardised.</summary>
/// <param name="past">[steps × channels].</param>
/// <param name="beside">The known inputs of each step ahead, then the static values.</param>
internal readonly ref struct SeenWindow(Span<float> past, Span<float> beside)
{
    public Span<float> Past { get; } = past;

    public Span<float> Beside { get; } = beside;
}
