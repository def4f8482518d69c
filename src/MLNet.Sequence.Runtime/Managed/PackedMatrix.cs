using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNet.Sequence.Managed;

/// <summary>
/// A matrix laid out for products with vectors: blocks of rows, column by column, so the weights are read in order and the sums of a block
/// stay in registers. The product with a vector is bit for bit the same, alone and together with others.
/// </summary>
internal sealed class PackedMatrix
{
    // The loops are compiled with full optimisation at once. Otherwise the first products of a process would run unoptimised, which for a
    // forecast takes longer than the compilation.
    private const MethodImplOptions AtOnce = MethodImplOptions.AggressiveOptimization;

    // Registers per block: with fewer sums at a time, each would have to wait for its own result.
    private const int Unroll = 4;

    private readonly float[] _packed;
    private readonly int _rows, _columns;

    /// <param name="matrix">Row-major, [rows, columns].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    public PackedMatrix(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        (_rows, _columns) = (rows, columns);
        int lanes = SystemLanes.Count;
        _packed = new float[(rows + lanes - 1) / lanes * lanes * columns];
        Pack(matrix, _packed, rows, columns);
    }

    /// <summary>y = W x + b, for each of the given vectors: [count, columns] to [count, rows].</summary>
    public void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> y, int count = 1)
    {
        for (int i = 0; i < count; i++)
            bias.CopyTo(y.Slice(i * _rows, _rows));
        MultiplyAdd(x, y, count);
    }

    /// <summary>y += W x, for each of the given vectors: [count, columns] to [count, rows].</summary>
    public void MultiplyAdd(ReadOnlySpan<float> x, Span<float> y, int count = 1)
    {
        x = x[..(count * _columns)];
        y = y[..(count * _rows)];
        ref float weights = ref MemoryMarshal.GetArrayDataReference(_packed);
        for (int row = 0, height; row < _rows; row += height)
        {
            height = Height(_rows - row);
            if (height == SystemLanes.Count)
                Narrow(ref weights, x, y, row);
            else if (height == Unroll * SystemLanes.Count)
                Block<SystemLanes>(ref weights, x, y[row..]);
            else
                Block<WideLanes>(ref weights, x, y[row..]);
            weights = ref Unsafe.Add(ref weights, height * _columns);
        }
    }

    [MethodImpl(AtOnce)]
    private static void Pack(ReadOnlySpan<float> matrix, Span<float> packed, int rows, int columns)
    {
        int at = 0;
        for (int row = 0, height; row < rows; row += height)
        {
            height = Height(rows - row);
            for (int column = 0; column < columns; column++)
            {
                for (int i = 0; i < height; i++)
                    packed[at++] = row + i < rows ? matrix[(row + i) * columns + column] : 0;
            }
        }
    }

    // The rows of the next block, if there are enough.
    private static int Height(int left) =>
        Vector512.IsHardwareAccelerated && left >= Unroll * WideLanes.Count ? Unroll * WideLanes.Count
        : left >= Unroll * SystemLanes.Count ? Unroll * SystemLanes.Count
        : SystemLanes.Count;

    // A block with two vectors at a time: each weight is read once for both.
    private void Block<T>(ref float weights, ReadOnlySpan<float> x, Span<float> y) where T : struct, ILanes<T>
    {
        ref float from = ref MemoryMarshal.GetReference(x);
        ref float to = ref MemoryMarshal.GetReference(y);
        int count = x.Length / _columns, i = 0;
        for (; i + 1 < count; i += 2)
            Two<T>(ref weights, ref Unsafe.Add(ref from, i * _columns), ref Unsafe.Add(ref to, i * _rows));
        if (i < count)
            One<T>(ref weights, ref Unsafe.Add(ref from, i * _columns), ref Unsafe.Add(ref to, i * _rows));
    }

    [MethodImpl(AtOnce)]
    private void One<T>(ref float weights, ref float x, ref float y) where T : struct, ILanes<T>
    {
        int n = T.Count;
        T y0 = T.Load(ref y, 0), y1 = T.Load(ref y, n), y2 = T.Load(ref y, 2 * n), y3 = T.Load(ref y, 3 * n);
        for (int column = 0; column < _columns; column++)
        {
            T value = T.Of(Unsafe.Add(ref x, column));
            y0 = T.MultiplyAdd(value, T.Load(ref weights, 0), y0);
            y1 = T.MultiplyAdd(value, T.Load(ref weights, n), y1);
            y2 = T.MultiplyAdd(value, T.Load(ref weights, 2 * n), y2);
            y3 = T.MultiplyAdd(value, T.Load(ref weights, 3 * n), y3);
            weights = ref Unsafe.Add(ref weights, Unroll * n);
        }

        y0.Store(ref y, 0);
        y1.Store(ref y, n);
        y2.Store(ref y, 2 * n);
        y3.Store(ref y, 3 * n);
    }

    [MethodImpl(AtOnce)]
    private void Two<T>(ref float weights, ref float x, ref float y) where T : struct, ILanes<T>
    {
        int n = T.Count, next = _rows;
        T y0 = T.Load(ref y, 0), y1 = T.Load(ref y, n), y2 = T.Load(ref y, 2 * n), y3 = T.Load(ref y, 3 * n);
        T z0 = T.Load(ref y, next), z1 = T.Load(ref y, next + n), z2 = T.Load(ref y, next + 2 * n), z3 = T.Load(ref y, next + 3 * n);
        for (int column = 0; column < _columns; column++)
        {
            T w0 = T.Load(ref weights, 0), w1 = T.Load(ref weights, n), w2 = T.Load(ref weights, 2 * n), w3 = T.Load(ref weights, 3 * n);
            T one = T.Of(Unsafe.Add(ref x, column)), other = T.Of(Unsafe.Add(ref x, _columns + column));
            (y0, z0) = (T.MultiplyAdd(one, w0, y0), T.MultiplyAdd(other, w0, z0));
            (y1, z1) = (T.MultiplyAdd(one, w1, y1), T.MultiplyAdd(other, w1, z1));
            (y2, z2) = (T.MultiplyAdd(one, w2, y2), T.MultiplyAdd(other, w2, z2));
            (y3, z3) = (T.MultiplyAdd(one, w3, y3), T.MultiplyAdd(other, w3, z3));
            weights = ref Unsafe.Add(ref weights, Unroll * n);
        }

        y0.Store(ref y, 0);
        y1.Store(ref y, n);
        y2.Store(ref y, 2 * n);
        y3.Store(ref y, 3 * n);
        z0.Store(ref y, next);
        z1.Store(ref y, next + n);
        z2.Store(ref y, next + 2 * n);
        z3.Store(ref y, next + 3 * n);
    }

    // One register of rows; its last rows may not exist.
    [MethodImpl(AtOnce)]
    private void Narrow(ref float weights, ReadOnlySpan<float> x, Span<float> y, int row)
    {
        int lanes = SystemLanes.Count, height = Math.Min(lanes, _rows - row);
        Span<float> sums = stackalloc float[lanes];
        ref float to = ref MemoryMarshal.GetReference(sums);
        for (; !x.IsEmpty; x = x[_columns..], y = y[_rows..])
        {
            Span<float> rows = y.Slice(row, height);
            rows.CopyTo(sums);
            SystemLanes sum = SystemLanes.Load(ref to, 0);
            for (int column = 0; column < _columns; column++)
                sum = SystemLanes.MultiplyAdd(SystemLanes.Of(x[column]), SystemLanes.Load(ref weights, column * lanes), sum);
            sum.Store(ref to, 0);
            sums[..height].CopyTo(rows);
        }
    }
}
