namespace MLNet.Sequence.Managed;

/// <summary>A matrix with the layout of a <see cref="PackedProduct"/>.</summary>
internal sealed class PackedMatrix
{
    private readonly float[] _packed;
    private readonly int _rows, _columns;

    /// <param name="matrix">Row-major, [rows, columns].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    public PackedMatrix(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        (_rows, _columns) = (rows, columns);
        _packed = new float[PackedProduct.LengthOf(rows, columns)];
        new PackedProduct(_packed, rows, columns).Pack(matrix, columns, 1, 0, columns);
    }

    /// <summary>y = W x + b, for each of the given vectors: [count, columns] to [count, rows].</summary>
    public void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> y, int count = 1)
    {
        for (int i = 0; i < count; i++)
            bias.CopyTo(y.Slice(i * _rows, _rows));
        MultiplyAdd(x, y, count);
    }

    /// <summary>y += W x, for each of the given vectors: [count, columns] to [count, rows].</summary>
    public void MultiplyAdd(ReadOnlySpan<float> x, Span<float> y, int count = 1) =>
        new PackedProduct(_packed, _rows, _columns).MultiplyAdd(x, _columns, y, _rows, count);
}
