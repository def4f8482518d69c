using System.Numerics.Tensors;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A causal convolution over [B, T, C] as products of shifted steps with the matrix of each tap, one row of the batch at a time, which stays
/// in the cache. Steps and weights are copied so that only whole tiles are computed: zeros stand before the first step and behind the last.
/// </summary>
/// <param name="shape">The sizes.</param>
/// <param name="weights">W, [D, C, k].</param>
/// <param name="bias">[D].</param>
internal readonly ref struct ConvForward(ConvShape shape, Span<float> weights, ReadOnlySpan<float> bias)
{
    private readonly Span<float> _weights = weights;
    private readonly ReadOnlySpan<float> _bias = bias;

    /// <param name="x">[B, T, C].</param>
    /// <param name="mask">What the outputs are multiplied with, [B, n, D]; empty: nothing.</param>
    /// <param name="y">[B, n, D]; written.</param>
    public void Run(ReadOnlySpan<float> x, ReadOnlySpan<float> mask, Span<float> y)
    {
        int matrix = shape.Channels * shape.FilterColumns, row = shape.Outputs * shape.Filters, steps = shape.Steps * shape.Channels;
        using Scratch scratch = new(shape.Taps * matrix, shape.TiledSteps * shape.StepStride, shape.TiledOutputs * shape.OutputStride);
        Span<float> packed = scratch[0], given = scratch[1], sums = scratch[2];
        for (int tap = 0; tap < shape.Taps; tap++)
        {
            var ofTap = new Grid(_weights[tap..], shape.Taps, shape.Channels * shape.Taps);
            TileProduct.Pack(ofTap, shape.Channels, shape.Filters, packed[(tap * matrix)..]);
        }

        for (int i = 0; i < shape.Rows; i++)
        {
            Lines.Copy(x.Slice(i * steps, steps), shape.Channels, given[(shape.Zeros * shape.StepStride)..], shape.StepStride);
            Sum(given, packed, sums);
            Span<float> output = y.Slice(i * row, row);
            Lines.Copy(sums, shape.OutputStride, output, shape.Filters);
            if (shape.Rectified)
                TensorPrimitives.Max(output, 0, output);
            if (!mask.IsEmpty)
                TensorPrimitives.Multiply(output, mask.Slice(i * row, row), output);
        }
    }

    private void Sum(Span<float> given, Span<float> packed, Span<float> sums)
    {
        for (int output = 0; output < shape.Outputs; output++)
            _bias.CopyTo(sums[(output * shape.OutputStride)..]);
        for (int tap = 0; tap < shape.Taps; tap++)
        {
            int first = shape.First(tap) / TileProduct.Height * TileProduct.Height;
            if (first >= shape.Outputs)
                continue;
            var steps = new Grid(given[(tap * shape.Dilation * shape.StepStride)..], shape.Stride * shape.StepStride, 1);
            Grid matrix = TileProduct.Panels(packed[(tap * shape.Channels * shape.FilterColumns)..], shape.Channels);
            TileProduct.Add(
                steps.From(first), matrix, TileProduct.Whole(sums, shape.OutputStride).From(first), shape.TiledOutputs - first,
                new TileSize(shape.Channels, shape.FilterPanels));
        }
    }
}
