using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

/// <summary>Where the rows of some steps are among the rows of more steps.</summary>
/// <param name="steps">The steps, ascending.</param>
/// <param name="among">The steps whose rows there are, ascending.</param>
internal sealed class StepPlaces(int[] steps, int[] among)
{
    private readonly int[] _places = Array.ConvertAll(steps, step => Array.BinarySearch(among, step));
    private readonly bool _isAll = steps.Length == among.Length;

    /// <summary>The number of steps.</summary>
    public int Count => _places.Length;

    /// <summary>The place of each step.</summary>
    public ReadOnlySpan<int> Places => _places;

    /// <summary>The steps of both, ascending.</summary>
    public static int[] Union(IEnumerable<int> first, IEnumerable<int> second) => [.. first.Concat(second).Distinct().Order()];

    /// <summary>All steps from 0 on.</summary>
    public static int[] All(int count) => [.. Enumerable.Range(0, count)];

    /// <summary>The size of the working space that <see cref="Of"/> needs.</summary>
    public int WorkSize(int width) => _isAll ? 0 : Count * width;

    /// <summary>The rows of the steps: the given ones if they are all, otherwise copies.</summary>
    /// <param name="rows">[among, width].</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="work">Working space.</param>
    public ReadOnlySpan<float> Of(ReadOnlySpan<float> rows, int width, Span<float> work)
    {
        if (_isAll)
            return rows;
        CopyTo(rows, (0, width, width), work);
        return work[..(Count * width)];
    }

    /// <summary>Copies channels of the steps.</summary>
    /// <param name="rows">[among, Width].</param>
    /// <param name="channels">The first channel, their number, and the channels of a row.</param>
    /// <param name="to">[steps, Count], filled.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CopyTo(ReadOnlySpan<float> rows, (int First, int Count, int Width) channels, Span<float> to)
    {
        for (int i = 0; i < _places.Length; i++)
            rows.Slice(_places[i] * channels.Width + channels.First, channels.Count).CopyTo(to[(i * channels.Count)..]);
    }
}
