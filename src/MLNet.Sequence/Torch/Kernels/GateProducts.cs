using MLNet.Sequence.Managed;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The sums of the gates: the matrices, with their biases as one more column, multiplied by the vectors [h, 1, input].</summary>
internal sealed class GateProducts<TKernel> where TKernel : struct, IRecurrentKernel
{
    private readonly (GateBlocks Gates, PackedWeights Weights)[] _input, _recurrent;
    private readonly int _units, _size, _width;

    /// <param name="weights">The layer's weights.</param>
    /// <param name="size">The distance from a vector to the next one.</param>
    /// <param name="width">The number of sums of a vector.</param>
    public GateProducts(RecurrentWeights weights, int size, int width)
    {
        (_units, _size, _width) = (weights.Units, size, width);
        Tensor Blocks(Tensor values, int first, int count) => values.narrow(0, first * _units, count * _units);
        PackedWeights Input(int first, int count) => new PackedWeights(count * _units, 1 + weights.Inputs)
            .With(0, Blocks(weights.InputBias, first, count)).With(1, Blocks(weights.Input, first, count));
        PackedWeights Recurrent(int first, int count) => new PackedWeights(count * _units, _units + 1)
            .With(0, Blocks(weights.Recurrent, first, count)).With(_units, Blocks(weights.RecurrentBias, first, count));
        GateBlocks[] gates = TKernel.Gates.ToArray();
        _input = [.. gates.Where(blocks => blocks.Input is not null).Select(blocks => (blocks, Input(blocks.Input!.Value, blocks.Count)))];
        _recurrent = [.. gates.Where(blocks => blocks.Recurrent).Select(blocks => (blocks, Recurrent(blocks.First, blocks.Count)))];
    }

    /// <summary>Writes the part of the input to the sums of all gates that have one.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="sums">Their sums.</param>
    /// <param name="count">The number of vectors; at least 1.</param>
    public void WriteInput(ReadOnlySpan<float> vectors, Span<float> sums, int count)
    {
        foreach ((GateBlocks gates, PackedWeights weights) in _input)
            weights.Product.Multiply(vectors[_units..], _size, sums[(gates.First * _units)..], _width, count);
    }

    /// <summary>Adds the recurrent part to the sums; writes it for gates without a part of the input.</summary>
    /// <inheritdoc cref="WriteInput"/>
    public void AddRecurrent(ReadOnlySpan<float> vectors, Span<float> sums, int count)
    {
        foreach ((GateBlocks gates, PackedWeights weights) in _recurrent)
        {
            Span<float> own = sums[(gates.First * _units)..];
            if (gates.Input is null)
                weights.Product.Multiply(vectors, _size, own, _width, count);
            else
                weights.Product.MultiplyAdd(vectors, _size, own, _width, count);
        }
    }
}
