using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNet.Sequence.Managed;

/// <summary>
/// A matrix laid out for products with one vector: blocks of rows, column by column, so that the weights are read once and
/// in order, and the sums of a block stay in registers.
/// </summary>
internal sealed class PackedMatrix
{
    private const int Unroll = 4;

    private readonly float[] _packed;
    private readonly int _rows, _columns;

    /// <param name="matrix">Row-major, [rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public PackedMatrix(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        (_rows, _columns) = (rows, columns);
        int lanes = Vector<float>.Count, padded = (rows + lanes - 1) / lanes * lanes;
        _packed = new float[padded * columns];
        int at = 0;
        for (int row = 0; row < padded; row += Width(row, padded))
        {
            int width = Width(row, padded);
            for (int column = 0; column < columns; column++)
            {
                for (int i = 0; i < width; i++)
                    _packed[at++] = row + i < rows ? matrix[(row + i) * columns + column] : 0;
            }
        }
    }

    /// <summary>y += W x.</summary>
    public void MultiplyAdd(ReadOnlySpan<float> x, Span<float> y)
    {
        int lanes = Vector<float>.Count, padded = (_rows + lanes - 1) / lanes * lanes;
        ref float weights = ref MemoryMarshal.GetArrayDataReference(_packed);
        x = x[.._columns];
        y = y[.._rows];
        Span<float> last = stackalloc float[lanes];
        for (int row = 0; row < padded;)
        {
            if (Width(row, padded) == Unroll * lanes && row + Unroll * lanes <= _rows)
            {
                FourVectors(ref weights, x, y.Slice(row, Unroll * lanes));
                weights = ref Unsafe.Add(ref weights, Unroll * lanes * _columns);
                row += Unroll * lanes;
                continue;
            }

            for (int end = row + Width(row, padded), width = end - row, part = 0; row < end; row += lanes, part += lanes)
            {
                int count = Math.Min(lanes, _rows - row);
                last.Clear();
                y.Slice(row, count).CopyTo(last);
                OneVector(ref Unsafe.Add(ref weights, part), width, x, last);
                last[..count].CopyTo(y[row..]);
                if (row + lanes == end)
                    weights = ref Unsafe.Add(ref weights, width * _columns);
            }
        }
    }

    private static int Width(int row, int padded) => Math.Min(Unroll * Vector<float>.Count, padded - row);

    private static void FourVectors(ref float weights, ReadOnlySpan<float> x, Span<float> y)
    {
        int lanes = Vector<float>.Count;
        ref float to = ref MemoryMarshal.GetReference(y);
        Vector<float> y0 = Vector.LoadUnsafe(ref to), y1 = Vector.LoadUnsafe(ref to, (nuint)lanes);
        Vector<float> y2 = Vector.LoadUnsafe(ref to, (nuint)(2 * lanes)), y3 = Vector.LoadUnsafe(ref to, (nuint)(3 * lanes));
        foreach (float value in x)
        {
            var v = new Vector<float>(value);
            y0 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref weights), y0);
            y1 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref weights, (nuint)lanes), y1);
            y2 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref weights, (nuint)(2 * lanes)), y2);
            y3 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref weights, (nuint)(3 * lanes)), y3);
            weights = ref Unsafe.Add(ref weights, Unroll * lanes);
        }

        y0.StoreUnsafe(ref to);
        y1.StoreUnsafe(ref to, (nuint)lanes);
        y2.StoreUnsafe(ref to, (nuint)(2 * lanes));
        y3.StoreUnsafe(ref to, (nuint)(3 * lanes));
    }

    private static void OneVector(ref float weights, int width, ReadOnlySpan<float> x, Span<float> y)
    {
        ref float to = ref MemoryMarshal.GetReference(y);
        Vector<float> sum = Vector.LoadUnsafe(ref to);
        foreach (float value in x)
        {
            sum = Vector.FusedMultiplyAdd(new Vector<float>(value), Vector.LoadUnsafe(ref weights), sum);
            weights = ref Unsafe.Add(ref weights, width);
        }

        sum.StoreUnsafe(ref to);
    }
}
