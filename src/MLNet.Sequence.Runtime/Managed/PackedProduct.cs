using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MLNet.Sequence.Managed;

/// <summary>
/// Products of a matrix with vectors. The matrix is laid out in blocks of rows, column by column, so that weights are read in order and the sums of
/// a block stay in registers. Each sum is taken column by column: the product with a vector has the same bits alone and together with others.
/// </summary>
/// <param name="packed">The memory of the matrix in this layout, of <see cref="LengthOf"/> values; fastest at a multiple of 64 bytes.</param>
/// <param name="rows">The number of rows.</param>
/// <param name="columns">The number of columns.</param>
/// <param name="bias">b, of as many values as the matrix has rows; empty: 0.</param>
internal readonly ref partial struct PackedProduct(Span<float> packed, int rows, int columns, ReadOnlySpan<float> bias = default)
{
    // Products are compiled with full optimisation at once. Otherwise the first ones of a process would run unoptimised, on a busy machine for
    // seconds, and those of a forecast take longer than the compilation.
    private const MethodImplOptions AtOnce = MethodImplOptions.AggressiveOptimization;

    // Registers per block: with fewer sums at a time, each would have to wait for its own result.
    private const int Unroll = 4;

    // Columns that are packed together.
    private const int Tile = 16;

    private readonly Span<float> _packed = packed;
    private readonly ReadOnlySpan<float> _bias = bias.IsEmpty ? default : bias[..rows];
    private readonly int _rows = rows, _columns = columns;

    // Four vectors at a time take 16 sums, 4 weights and a value.
    private static bool HasManyRegisters => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported;

    /// <summary>The number of values that a matrix takes in this layout.</summary>
    public static int LengthOf(int rows, int columns) => checked((rows + SystemLanes.Count - 1) / SystemLanes.Count * SystemLanes.Count * columns);

    /// <summary>Fills columns of the layout.</summary>
    /// <param name="matrix">The columns, from all rows.</param>
    /// <param name="rowStride">The distance from a row to the next one; 1 for a transposed matrix.</param>
    /// <param name="columnStride">The distance from a column to the next one.</param>
    /// <param name="first">The first column.</param>
    /// <param name="count">The number of columns.</param>
    [MethodImpl(AtOnce)]
    public void Pack(ReadOnlySpan<float> matrix, int rowStride, int columnStride, int first, int count)
    {
        Span<float> block = _packed;
        for (int row = 0, height; row < _rows; row += height)
        {
            height = Height(_rows - row);
            // A tile at a time: its lines stay in the cache until they are full.
            for (int tile = 0; tile < count; tile += Tile)
            {
                int end = Math.Min(tile + Tile, count);
                for (int i = 0; i < height; i++)
                {
                    int from = (row + i) * rowStride + tile * columnStride, to = (first + tile) * height + i;
                    bool exists = row + i < _rows;
                    for (int column = tile; column < end; column++, from += columnStride, to += height)
                        block[to] = exists ? matrix[from] : 0;
                }
            }

            block = block[(height * _columns)..];
        }
    }

    /// <summary>y = W x, or W x + b, for each of the given vectors.</summary>
    /// <param name="x">Vectors of as many values as the matrix has columns.</param>
    /// <param name="xStride">The distance from a vector to the next one.</param>
    /// <param name="y">Vectors of as many values as the matrix has rows.</param>
    /// <param name="yStride">The distance from a vector to the next one.</param>
    /// <param name="count">The number of vectors; at least 1.</param>
    [MethodImpl(AtOnce)]
    public void Multiply(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int count)
    {
        Vectors vectors = Between(x, xStride, y, yStride, count);
        if (!_bias.IsEmpty)
            vectors.Start = ref MemoryMarshal.GetReference(_bias);
        Run(vectors, count);
    }

    /// <summary>y += W x, for each of the given vectors.</summary>
    /// <inheritdoc cref="Multiply"/>
    [MethodImpl(AtOnce)]
    public void MultiplyAdd(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int count)
    {
        Vectors vectors = Between(x, xStride, y, yStride, count);
        vectors.Start = ref vectors.Y;
        vectors.StartStride = yStride;
        Run(vectors, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vectors Between(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int count) => new()
    {
        X = ref First(x, xStride, count, _columns),
        Y = ref First(y, yStride, count, _rows),
        XStride = xStride,
        YStride = yStride,
        Columns = _columns,
    };

    // The reference is not checked from then on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float First(ReadOnlySpan<float> vectors, int stride, int count, int size) =>
        ref MemoryMarshal.GetReference(vectors[..((count - 1) * stride + size)]);

    [MethodImpl(AtOnce)]
    private void Run(Vectors vectors, int count)
    {
        ref float weights = ref MemoryMarshal.GetReference(_packed);
        for (int row = 0, height; row < _rows; row += height)
        {
            height = Height(_rows - row);
            if (height == SystemLanes.Count && count == 1)
                height *= Alone(ref weights, vectors, _rows - row);
            else if (height == SystemLanes.Count)
                Narrow(ref weights, vectors, Math.Min(height, _rows - row), count);
            else if (height == Unroll * SystemLanes.Count)
                Block<SystemLanes>(ref weights, vectors, count);
            else
                Block<WideLanes>(ref weights, vectors, count);
            weights = ref Unsafe.Add(ref weights, height * _columns);
            vectors.Y = ref Unsafe.Add(ref vectors.Y, height);
            if (vectors.Starts)
                vectors.Start = ref Unsafe.Add(ref vectors.Start, height);
        }
    }

    // The rows of the next block, if there are enough.
    private static int Height(int left) =>
        Vector512.IsHardwareAccelerated && left >= Unroll * WideLanes.Count ? Unroll * WideLanes.Count
        : left >= Unroll * SystemLanes.Count ? Unroll * SystemLanes.Count
        : SystemLanes.Count;

    // A block with several vectors at a time: each weight is read once for all of them.
    [MethodImpl(AtOnce)]
    private static void Block<T>(ref float weights, Vectors vectors, int count) where T : struct, ILanes<T>
    {
        int i = 0;
        if (HasManyRegisters)
        {
            for (; i + 3 < count; i += 4)
                Four<T>(ref weights, vectors.From(i));
        }

        for (; i + 1 < count; i += 2)
            Two<T>(ref weights, vectors.From(i));
        if (i < count)
            One<T>(ref weights, vectors.From(i));
    }

    [MethodImpl(AtOnce)]
    private static void One<T>(ref float weights, Vectors vectors) where T : struct, ILanes<T>
    {
        ref float x = ref vectors.X;
        Sums<T> y = Sums<T>.Start(vectors);
        for (int column = 0; column < vectors.Columns; column++)
        {
            y.Add(T.Of(Unsafe.Add(ref x, column)), Sums<T>.Load(ref weights));
            weights = ref Unsafe.Add(ref weights, Unroll * T.Count);
        }

        y.Store(ref vectors.Y);
    }

    [MethodImpl(AtOnce)]
    private static void Two<T>(ref float weights, Vectors vectors) where T : struct, ILanes<T>
    {
        ref float x = ref vectors.X, otherX = ref Unsafe.Add(ref x, vectors.XStride);
        ref float to = ref vectors.Y, otherTo = ref Unsafe.Add(ref to, vectors.YStride);
        Sums<T> y = Sums<T>.Start(vectors), z = Sums<T>.Start(vectors.From(1));
        for (int column = 0; column < vectors.Columns; column++)
        {
            var w = Sums<T>.Load(ref weights);
            y.Add(T.Of(Unsafe.Add(ref x, column)), w);
            z.Add(T.Of(Unsafe.Add(ref otherX, column)), w);
            weights = ref Unsafe.Add(ref weights, Unroll * T.Count);
        }

        y.Store(ref to);
        z.Store(ref otherTo);
    }

    [MethodImpl(AtOnce)]
    private static void Four<T>(ref float weights, Vectors vectors) where T : struct, ILanes<T>
    {
        Vectors second = vectors.From(1), third = vectors.From(2), fourth = vectors.From(3);
        ref float x0 = ref vectors.X, x1 = ref second.X, x2 = ref third.X, x3 = ref fourth.X;
        Sums<T> y0 = Sums<T>.Start(vectors), y1 = Sums<T>.Start(second), y2 = Sums<T>.Start(third), y3 = Sums<T>.Start(fourth);
        for (int column = 0; column < vectors.Columns; column++)
        {
            var w = Sums<T>.Load(ref weights);
            y0.Add(T.Of(Unsafe.Add(ref x0, column)), w);
            y1.Add(T.Of(Unsafe.Add(ref x1, column)), w);
            y2.Add(T.Of(Unsafe.Add(ref x2, column)), w);
            y3.Add(T.Of(Unsafe.Add(ref x3, column)), w);
            weights = ref Unsafe.Add(ref weights, Unroll * T.Count);
        }

        y0.Store(ref vectors.Y);
        y1.Store(ref second.Y);
        y2.Store(ref third.Y);
        y3.Store(ref fourth.Y);
    }

    // One vector and two registers of rows, so that neither waits for itself; or one, whose last rows may not exist. Returns their number.
    [MethodImpl(AtOnce)]
    private static int Alone(ref float weights, Vectors vectors, int left)
    {
        int lanes = SystemLanes.Count, height = Math.Min(left, 2 * lanes);
        bool isTwo = height == 2 * lanes;
        Span<float> sums = stackalloc float[2 * lanes];
        ref float to = ref MemoryMarshal.GetReference(sums), x = ref vectors.X;
        ref float second = ref Unsafe.Add(ref weights, isTwo ? lanes * vectors.Columns : 0);
        height = isTwo ? height : Math.Min(left, lanes);
        sums.Clear();
        if (vectors.Starts)
            MemoryMarshal.CreateSpan(ref vectors.Start, height).CopyTo(sums);
        SystemLanes y0 = SystemLanes.Load(ref to, 0), y1 = SystemLanes.Load(ref to, lanes);
        for (int column = 0; column < vectors.Columns; column++)
        {
            SystemLanes value = SystemLanes.Of(Unsafe.Add(ref x, column));
            y0 = SystemLanes.MultiplyAdd(value, SystemLanes.Load(ref weights, column * lanes), y0);
            y1 = SystemLanes.MultiplyAdd(value, SystemLanes.Load(ref second, column * lanes), y1);
        }

        y0.Store(ref to, 0);
        y1.Store(ref to, lanes);
        sums[..height].CopyTo(MemoryMarshal.CreateSpan(ref vectors.Y, height));
        return isTwo ? 2 : 1;
    }

    // One register of rows, whose last rows may not exist; four vectors at a time, the last one repeated where there are fewer.
    [MethodImpl(AtOnce)]
    private static void Narrow(ref float weights, Vectors vectors, int height, int count)
    {
        int lanes = SystemLanes.Count;
        Span<float> sums = stackalloc float[4 * lanes];
        ref float to = ref MemoryMarshal.GetReference(sums);
        for (int i = 0; i < count; i += 4)
        {
            int last = Math.Min(4, count - i) - 1;
            Vectors from = vectors.From(i);
            ref float x0 = ref from.X, x1 = ref from.From(Math.Min(1, last)).X, x2 = ref from.From(Math.Min(2, last)).X, x3 = ref from.From(last).X;
            sums.Clear();
            for (int k = 0; k <= last && vectors.Starts; k++)
                MemoryMarshal.CreateSpan(ref from.From(k).Start, height).CopyTo(sums[(k * lanes)..]);
            SystemLanes y0 = SystemLanes.Load(ref to, 0), y1 = SystemLanes.Load(ref to, lanes);
            SystemLanes y2 = SystemLanes.Load(ref to, 2 * lanes), y3 = SystemLanes.Load(ref to, 3 * lanes);
            for (int column = 0; column < vectors.Columns; column++)
            {
                SystemLanes w = SystemLanes.Load(ref weights, column * lanes);
                y0 = SystemLanes.MultiplyAdd(SystemLanes.Of(Unsafe.Add(ref x0, column)), w, y0);
                y1 = SystemLanes.MultiplyAdd(SystemLanes.Of(Unsafe.Add(ref x1, column)), w, y1);
                y2 = SystemLanes.MultiplyAdd(SystemLanes.Of(Unsafe.Add(ref x2, column)), w, y2);
                y3 = SystemLanes.MultiplyAdd(SystemLanes.Of(Unsafe.Add(ref x3, column)), w, y3);
            }

            y0.Store(ref to, 0);
            y1.Store(ref to, lanes);
            y2.Store(ref to, 2 * lanes);
            y3.Store(ref to, 3 * lanes);
            for (int k = 0; k <= last; k++)
                sums.Slice(k * lanes, height).CopyTo(MemoryMarshal.CreateSpan(ref from.From(k).Y, height));
        }
    }
}
