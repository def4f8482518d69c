using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

/// <summary>The steps that the inner layer reads, and the wanted ones, which go around it.</summary>
internal sealed class SelectedResidual : ISelectedLayer
{
    private readonly ManagedResidual _layer;
    private readonly ISelectedLayer _inner;
    private readonly StepPlaces _inside, _around;

    /// <param name="layer">The layer.</param>
    /// <param name="inner">Its inner layer at the wanted steps.</param>
    /// <param name="wanted">The wanted steps, ascending.</param>
    public SelectedResidual(ManagedResidual layer, ISelectedLayer inner, int[] wanted)
    {
        (_layer, _inner) = (layer, inner);
        Reads = StepPlaces.Union(inner.Reads, wanted);
        (_inside, _around) = (new StepPlaces(inner.Reads, Reads), new StepPlaces(wanted, Reads));
        WorkSize = wanted.Length * (layer.Width + layer.InputSize) + Math.Max(_inside.WorkSize(layer.InputSize) + inner.WorkSize, wanted.Length * layer.Width);
    }

    public int[] Reads { get; }

    public int WorkSize { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        int width = _layer.Width, given = _layer.Around, kept = _layer.InputSize - given, rows = _around.Count;
        Span<float> sums = kept == 0 ? output : work[..(rows * width)], around = work.Slice(rows * width, rows * given);
        Span<float> own = work[(rows * (width + _layer.InputSize))..];
        ReadOnlySpan<float> inside = _inside.Of(input, _layer.InputSize, own);
        _inner.Run(inside, sums, own[_inside.WorkSize(_layer.InputSize)..]);
        _around.CopyTo(input, (0, given, _layer.InputSize), around);
        if (_layer.Shortcut is { } shortcut)
        {
            shortcut.Run(around, own, rows);
            around = own[..(rows * width)];
        }

        _layer.AddScaled(around, sums);
        for (int i = 0; i < rows && kept > 0; i++)
        {
            Span<float> row = output.Slice(i * _layer.OutputSize, _layer.OutputSize);
            sums.Slice(i * width, width).CopyTo(row);
            input.Slice(_around.Places[i] * _layer.InputSize + given, kept).CopyTo(row[width..]);
        }
    }
}
