using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>The gradients of <see cref="ConvForward"/>, by the same products, one row of the batch at a time.</summary>
/// <param name="shape">The sizes.</param>
/// <param name="weights">W, [D, C, k].</param>
internal readonly ref struct ConvBackward(ConvShape shape, Span<float> weights)
{
    private readonly Span<float> _weights = weights;

    /// <summary>The gradient of the bias, [D]; zeros at first.</summary>
    public required Span<float> Bias { get; init; }

    /// <summary>The gradient of W, [D, C, k]; written.</summary>
    public required Span<float> Weights { get; init; }

    /// <summary>The gradient of x, [B, T, C]; written. Empty: it is not needed.</summary>
    public required Span<float> Input { get; init; }

    /// <param name="x">[B, T, C].</param>
    /// <param name="y">The outputs with their mask, [B, n, D], if they are rectified.</param>
    /// <param name="given">The gradients of y.</param>
    public void Run(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> given)
    {
        int row = shape.Outputs * shape.Filters, steps = shape.Steps * shape.Channels, zeros = shape.Zeros;
        using Scratch scratch = new(
            shape.TiledSteps * shape.StepStride, shape.TiledOutputs * shape.OutputStride, shape.Taps * shape.TiledChannels * shape.FilterColumns,
            shape.Taps * shape.Filters * shape.ChannelColumns, shape.TiledSteps * shape.GradientStride);
        Span<float> read = scratch[0], gradients = scratch[1], sums = scratch[2], packed = scratch[3], inputs = scratch[4];
        Pack(packed);
        for (int i = 0; i < shape.Rows; i++)
        {
            Lines.Copy(x.Slice(i * steps, steps), shape.Channels, read[(zeros * shape.StepStride)..], shape.StepStride);
            ReadOnlySpan<float> outputs = shape.Rectified ? y.Slice(i * row, row) : default;
            var through = new OutputGradient(given.Slice(i * row, row), outputs, gradients, shape) { Bias = Bias };
            LaneKernels.Run(through, shape.Filters);
            AddWeights(read, gradients, sums);
            if (Input.IsEmpty)
                continue;
            inputs.Clear();
            AddInputs(gradients, packed, inputs);
            Lines.Copy(inputs[(zeros * shape.GradientStride)..], shape.GradientStride, Input.Slice(i * steps, steps), shape.Channels);
        }

        Unpack(sums);
    }

    // [D, C, k] → k × [D, C] in panels
    private void Pack(Span<float> packed)
    {
        for (int tap = 0; tap < shape.Taps; tap++)
        {
            var ofTap = new Grid(_weights[tap..], shape.Channels * shape.Taps, shape.Taps);
            TileProduct.Pack(ofTap, shape.Filters, shape.Channels, packed[(tap * shape.Filters * shape.ChannelColumns)..]);
        }
    }

    // k × [C, D] → [D, C, k]
    private void Unpack(ReadOnlySpan<float> sums)
    {
        int at = 0;
        for (int filter = 0; filter < shape.Filters; filter++)
        {
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                for (int tap = 0; tap < shape.Taps; tap++)
                    Weights[at++] = sums[(tap * shape.TiledChannels + channel) * shape.FilterColumns + filter];
            }
        }
    }

    // Of each tap: xᵀ · gradients, summed over the outputs that read a given step.
    private void AddWeights(Span<float> read, Span<float> gradients, Span<float> sums)
    {
        for (int tap = 0; tap < shape.Taps; tap++)
        {
            int first = shape.First(tap), step = tap * shape.Dilation + first * shape.Stride;
            if (first >= shape.Outputs)
                continue;
            TileProduct.Add(
                new Grid(read[(step * shape.StepStride)..], 1, shape.Stride * shape.StepStride),
                TileProduct.Whole(gradients, shape.OutputStride).From(first),
                TileProduct.Whole(sums[(tap * shape.TiledChannels * shape.FilterColumns)..], shape.FilterColumns),
                shape.TiledChannels, new TileSize(shape.Outputs - first, shape.FilterPanels));
        }
    }

    // Of each tap: gradients · W, at the steps that it read.
    private void AddInputs(Span<float> gradients, Span<float> packed, Span<float> inputs)
    {
        for (int tap = 0; tap < shape.Taps; tap++)
        {
            int first = shape.First(tap) / TileProduct.Height * TileProduct.Height;
            if (first >= shape.Outputs)
                continue;
            var steps = new Grid(inputs[(tap * shape.Dilation * shape.GradientStride)..], shape.Stride * shape.GradientStride, TileProduct.Width);
            TileProduct.Add(
                new Grid(gradients, shape.OutputStride, 1).From(first),
                TileProduct.Panels(packed[(tap * shape.Filters * shape.ChannelColumns)..], shape.Filters),
                steps.From(first), shape.TiledOutputs - first, new TileSize(shape.Filters, shape.ChannelPanels));
        }
    }
}
