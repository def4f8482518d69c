using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNet.Sequence.Managed;

/// <summary>A matrix with the layout of a <see cref="PackedProduct"/>, and a bias.</summary>
internal sealed class PackedMatrix
{
    // A vector that crosses a line of the cache takes twice as long to load, and a product with one vector does little else.
    private const int CacheLine = 64;

    // Pinned, so that it stays at the multiple of a line at which it begins.
    private readonly float[] _memory;
    private readonly float[] _bias;
    private readonly int _first, _rows, _columns;

    /// <param name="matrix">Row-major, [rows, columns].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="bias">[rows]; empty: 0.</param>
    public PackedMatrix(ReadOnlySpan<float> matrix, int rows, int columns, ReadOnlySpan<float> bias = default)
    {
        (_rows, _columns, _bias) = (rows, columns, bias.ToArray());
        const int line = CacheLine / sizeof(float);
        _memory = GC.AllocateArray<float>(PackedProduct.LengthOf(rows, columns) + line, pinned: true);
        long beyond = (long)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) % CacheLine;
        _first = (int)((CacheLine - beyond) / sizeof(float)) % line;
        Product.Pack(matrix, columns, 1, 0, columns);
    }

    private PackedProduct Product => new(_memory.AsSpan(_first), _rows, _columns, _bias);

    /// <summary>y = W x + b, for each of the given vectors: [count, columns] to [count, rows].</summary>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int count = 1) => Multiply(x, _columns, y, _rows, count);

    /// <inheritdoc cref="PackedProduct.Multiply"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int count) => Product.Multiply(x, xStride, y, yStride, count);

    /// <summary>y += W x, for each of the given vectors: [count, columns] to [count, rows].</summary>
    public void MultiplyAdd(ReadOnlySpan<float> x, Span<float> y, int count = 1) => MultiplyAdd(x, _columns, y, _rows, count);

    /// <inheritdoc cref="PackedProduct.MultiplyAdd"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void MultiplyAdd(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int count) =>
        Product.MultiplyAdd(x, xStride, y, yStride, count);
}
