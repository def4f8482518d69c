namespace MLNet.Sequence.Managed;

/// <summary>
/// A layer whose step depends on all steps before it, or on all steps: it runs up to the last wanted step, or over the whole sequence, as without a
/// selection.
/// </summary>
internal sealed class SelectedPrefix : ISelectedLayer
{
    private readonly IManagedLayer _layer;
    private readonly StepPlaces _wanted;
    private readonly int _given;

    /// <param name="layer">The layer.</param>
    /// <param name="wanted">The wanted steps of its output, ascending.</param>
    /// <param name="steps">The steps of the sequence.</param>
    /// <param name="read">The number of first steps that are read. Null, the default: those that the layer needs.</param>
    public SelectedPrefix(IManagedLayer layer, int[] wanted, int steps, int? read = null)
    {
        _layer = layer;
        Reads = StepPlaces.All(read ?? (layer.CanStep && layer.OutputSteps(steps) == steps ? wanted[^1] + 1 : steps));
        _given = layer.OutputSteps(Reads.Length);
        _wanted = new StepPlaces(wanted, StepPlaces.All(_given));
        WorkSize = wanted.Length == _given ? 0 : _given * layer.OutputSize;
    }

    public int[] Reads { get; }

    public int WorkSize { get; }

    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        if (WorkSize == 0)
        {
            _layer.Run(input, output, Reads.Length);
            return;
        }

        Span<float> all = work[..WorkSize];
        _layer.Run(input, all, Reads.Length);
        _wanted.CopyTo(all, (0, _layer.OutputSize, _layer.OutputSize), output);
    }
}
