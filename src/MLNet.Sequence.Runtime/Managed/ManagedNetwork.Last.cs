using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

internal sealed partial class ManagedNetwork
{
    // For the length of the last sequence: a session asks for one length alone.
    private volatile Selection? _selection;

    /// <summary>
    /// The network's output at the last step of a sequence: only what it depends on is computed, with the bits of <see cref="Run(ReadOnlySpan{float},
    /// ReadOnlySpan{float})"/>. Allocates nothing but in the first sequence of a length, and for attention to all steps.
    /// </summary>
    /// <param name="sequence">[steps, InputSize], at least one step.</param>
    /// <param name="beside">[BesideSize]: the other inputs.</param>
    /// <param name="output">[OutputSize], filled.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunLast(ReadOnlySpan<float> sequence, ReadOnlySpan<float> beside, Span<float> output)
    {
        if (_plan.IsOpen)
            throw new NotSupportedException("A pair has no last step: its decoder is stepped.");
        MustBe(beside.Length, BesideSize, nameof(beside));
        MustBe(output.Length, OutputSize, nameof(output));
        int steps = sequence.Length / InputSize;
        Selection selection = _selection is { } last && last.Steps == steps ? last : _selection = new Selection(steps, _nodes.SelectLast(steps));
        int[] reads = selection.Layer.Reads;
        int read = reads.Length * InputSize;
        using RentedFloats rented = RentedFloats.Of(read + 2 * InputSize + selection.Layer.WorkSize);
        Span<float> input = rented.Values[..read], level = rented.Values.Slice(read, InputSize), scale = rented.Values.Slice(read + InputSize, InputSize);
        Span<float> work = rented.Values[(read + 2 * InputSize)..];
        for (int i = 0; i < reads.Length; i++)
            sequence.Slice(reads[i] * InputSize, InputSize).CopyTo(input[(i * InputSize)..]);
        if (_plan.Normalization is { } kind)
        {
            WindowLevel.Of(kind, sequence, level, scale);
            WindowLevel.Apply(input, new WindowLevel.Moments(level, scale));
        }

        if (selection.Layer is SelectedPlan plan)
            plan.Run(input, beside, output, work);
        else
            selection.Layer.Run(input, output, work);
        if (_plan.Normalization is { Targets: var targets })
            WindowLevel.Undo(output, new WindowLevel.Moments(level[..targets], scale[..targets]));
    }

    private sealed record Selection(int Steps, ISelectedLayer Layer);
}
