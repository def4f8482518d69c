using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

/// <summary>Layers side by side over channels of the same input: their outputs become channels, or are added.</summary>
internal sealed class SelectedParts : ISelectedLayer
{
    private readonly (ISelectedLayer Layer, StepPlaces Places, int First, int Inputs, int Outputs)[] _parts;
    private readonly int _wanted, _width;
    private readonly bool _adds;

    /// <param name="parts">The layers, and the first channel of the input that each reads.</param>
    /// <param name="width">Channels of the input.</param>
    /// <param name="adds">Whether the outputs are added.</param>
    /// <param name="wanted">The wanted steps, ascending.</param>
    /// <param name="steps">The steps of the sequence.</param>
    public SelectedParts((IManagedLayer Layer, int First)[] parts, int width, bool adds, int[] wanted, int steps)
    {
        (_wanted, _width, _adds) = (wanted.Length, width, adds);
        ISelectedLayer[] layers = Array.ConvertAll(parts, part => part.Layer.Select(wanted, steps));
        int[] reads = Reads = layers.Select(layer => layer.Reads).Aggregate(StepPlaces.Union);
        _parts = [.. layers.Zip(parts, (layer, part) =>
            (layer, new StepPlaces(layer.Reads, reads), part.First, part.Layer.InputSize, part.Layer.OutputSize))];
        WorkSize = _parts.Max(part => part.Places.Count * part.Inputs + _wanted * part.Outputs + part.Layer.WorkSize);
    }

    public int[] Reads { get; }

    public int WorkSize { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        int row = output.Length / _wanted, to = 0;
        foreach ((ISelectedLayer layer, StepPlaces places, int first, int inputs, int outputs) in _parts)
        {
            Span<float> own = work[..(places.Count * inputs)], given = work.Slice(own.Length, _wanted * outputs);
            places.CopyTo(input, (first, inputs, _width), own);
            layer.Run(own, given, work[(own.Length + given.Length)..]);
            if (_adds && to > 0)
            {
                TensorPrimitives.Add(output, given, output);
                continue;
            }

            for (int i = 0; i < _wanted; i++)
                given.Slice(i * outputs, outputs).CopyTo(output[(i * row + to)..]);
            to += outputs;
        }
    }
}
