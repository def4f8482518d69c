using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

/// <summary>
/// A causal convolution: of each wanted step, the input at its taps. Behind several layers of growing dilation these are few steps: for the last
/// output a tree over the window.
/// </summary>
internal sealed class SelectedConv : ISelectedLayer
{
    private readonly PackedMatrix[] _taps;
    private readonly Run[] _runs;
    private readonly int _inputs, _outputs, _wanted;

    /// <param name="layer">The convolution.</param>
    /// <param name="taps">The matrix of each tap, the oldest first.</param>
    /// <param name="dilation">The steps between two taps.</param>
    /// <param name="wanted">The wanted steps, ascending.</param>
    public SelectedConv(IManagedLayer layer, PackedMatrix[] taps, int dilation, int[] wanted)
    {
        (_taps, _inputs, _outputs, _wanted) = (taps, layer.InputSize, layer.OutputSize, wanted.Length);
        long Before(int step, int back) => step - (long)back * dilation;
        int[] reads = Reads = [.. Enumerable.Range(0, taps.Length)
            .SelectMany(back => wanted.Select(step => Before(step, back))).Where(step => step >= 0).Select(step => (int)step).Distinct().Order()];
        // As over the whole sequence, from the newest tap to the oldest: sums keep their bits.
        _runs = [.. Enumerable.Range(0, taps.Length).SelectMany(back => Runs(taps.Length - 1 - back,
            [.. wanted.Select(step => Before(step, back) is var then and >= 0 ? Array.BinarySearch(reads, (int)then) : -1)]))];
    }

    public int[] Reads { get; }

    public int WorkSize => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ISelectedLayer.Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        foreach (Run run in _runs)
        {
            ReadOnlySpan<float> from = input[(run.First * _inputs)..];
            Span<float> to = output[(run.To * _outputs)..];
            if (run.Tap == _taps.Length - 1)
                _taps[run.Tap].Multiply(from, run.Stride * _inputs, to, _outputs, run.Count);
            else
                _taps[run.Tap].MultiplyAdd(from, run.Stride * _inputs, to, _outputs, run.Count);
        }
    }

    // Neighbouring outputs whose inputs are at equal distances are one product.
    private static IEnumerable<Run> Runs(int tap, int[] places)
    {
        for (int to = 0, count; to < places.Length; to += count)
        {
            count = 1;
            if (places[to] < 0)
                continue;
            int stride = to + 1 < places.Length ? places[to + 1] - places[to] : 1;
            while (to + count < places.Length && places[to + count] == places[to] + count * stride)
                count++;
            yield return new Run(tap, places[to], stride, to, count);
        }
    }

    // A product of a tap: the place of its first input, the distance to the next, the place of its first output, and their number.
    private sealed record Run(int Tap, int First, int Stride, int To, int Count);
}
