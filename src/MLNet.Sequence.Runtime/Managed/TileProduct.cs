using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MLNet.Sequence.Managed;

/// <summary>A matrix in memory: value (i, j) stands at i · <paramref name="down"/> + j · <paramref name="across"/>.</summary>
/// <param name="values">The memory from value (0, 0) on.</param>
/// <param name="down">The distance of neighbouring rows.</param>
/// <param name="across">The distance of neighbouring columns.</param>
internal readonly ref struct Grid(Span<float> values, int down, int across)
{
    public Span<float> Values { get; } = values;

    public int Down { get; } = down;

    public int Across { get; } = across;

    /// <summary>The same matrix without its first rows.</summary>
    public Grid From(int row) => new(Values[(row * Down)..], Down, Across);
}

/// <summary>
/// Products of matrices, y += x · w, by tiles of eight rows whose sums stay in registers. w and y are made of panels, <see cref="Width"/>
/// columns each; the columns of their grids are panels. The order of additions depends on shapes alone, so the bits do too.
/// </summary>
internal static class TileProduct
{
    /// <summary>The rows of a tile.</summary>
    public const int Height = 8;

    /// <summary>The columns of a panel.</summary>
    public static int Width => HasManyRegisters ? 2 * Lanes : Lanes;

    private static int Lanes => Vector512.IsHardwareAccelerated ? WideLanes.Count : SystemLanes.Count;

    // A tile of two vectors a row takes 16 sums, 2 factors and a value.
    private static bool HasManyRegisters => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported;

    /// <summary>The next multiple of <see cref="Height"/>.</summary>
    public static int Rows(int count) => (count + Height - 1) / Height * Height;

    /// <summary>The columns of as many panels as hold <paramref name="count"/>.</summary>
    public static int Columns(int count) => (count + Width - 1) / Width * Width;

    /// <summary>Lays a matrix out in panels: [columns / width][rows][width], zeros after the last column.</summary>
    /// <param name="from">The matrix.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="to">rows · <see cref="Columns"/> values.</param>
    public static void Pack(Grid from, int rows, int columns, Span<float> to)
    {
        int width = Width;
        to[..(rows * Columns(columns))].Clear();
        for (int column = 0; column < columns; column++)
        {
            Span<float> panel = to[(column / width * rows * width + column % width)..];
            for (int row = 0; row < rows; row++)
                panel[row * width] = from.Values[row * from.Down + column * from.Across];
        }
    }

    /// <summary>A packed matrix as a factor.</summary>
    public static Grid Panels(Span<float> packed, int rows) => new(packed, Width, rows * Width);

    /// <summary>A matrix with rows of whole panels, <paramref name="down"/> values apart, as a factor or a sum.</summary>
    public static Grid Whole(Span<float> values, int down) => new(values, down, Width);

    /// <summary>y += x · w, for all panels of w.</summary>
    /// <param name="x">[rows, depth].</param>
    /// <param name="w">[depth, panels].</param>
    /// <param name="y">[rows, panels].</param>
    /// <param name="rows">A multiple of <see cref="Height"/>.</param>
    /// <param name="size">The number of products in a sum, and of panels.</param>
    public static void Add(Grid x, Grid w, Grid y, int rows, TileSize size)
    {
        if (rows == 0 || size.Depth == 0)
            return;
        Check(x, w, y, rows, size);
        var strides = new Strides(x.Down, x.Across, w.Down, y.Down);
        for (int panel = 0; panel < size.Panels; panel++)
        {
            ref float from = ref MemoryMarshal.GetReference(x.Values);
            ref float factors = ref Unsafe.Add(ref MemoryMarshal.GetReference(w.Values), panel * w.Across);
            ref float to = ref Unsafe.Add(ref MemoryMarshal.GetReference(y.Values), panel * y.Across);
            for (int row = 0; row < rows; row += Height)
            {
                if (Vector512.IsHardwareAccelerated)
                    Tile<Two<WideLanes>>(ref from, ref factors, ref to, strides, size.Depth);
                else if (HasManyRegisters)
                    Tile<Two<SystemLanes>>(ref from, ref factors, ref to, strides, size.Depth);
                else
                    Tile<One<SystemLanes>>(ref from, ref factors, ref to, strides, size.Depth);
                from = ref Unsafe.Add(ref from, Height * x.Down);
                to = ref Unsafe.Add(ref to, Height * y.Down);
            }
        }
    }

    private static void Check(Grid x, Grid w, Grid y, int rows, TileSize size)
    {
        if (rows % Height != 0 || x.Values.Length <= (rows - 1) * x.Down + (size.Depth - 1) * x.Across
            || w.Values.Length < (size.Depth - 1) * w.Down + (size.Panels - 1) * w.Across + Width
            || y.Values.Length < (rows - 1) * y.Down + (size.Panels - 1) * y.Across + Width)
            throw new ArgumentException($"{rows} rows with {size} do not fit the matrices of a product.", nameof(rows));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<T>(ref float x, ref float w, ref float y, in Strides strides, int depth) where T : struct, ITileRow<T>
    {
        int down = strides.Down, line = strides.Line, across = strides.Across, next = strides.Next;
        ref float half = ref Unsafe.Add(ref x, 4 * down);
        T y0 = T.Load(ref y, 0), y1 = T.Load(ref y, line), y2 = T.Load(ref y, 2 * line), y3 = T.Load(ref y, 3 * line);
        T y4 = T.Load(ref y, 4 * line), y5 = T.Load(ref y, 5 * line), y6 = T.Load(ref y, 6 * line), y7 = T.Load(ref y, 7 * line);
        for (int i = 0; i < depth; i++)
        {
            T factor = T.Load(ref w, 0);
            y0 = y0.Plus(x, factor);
            y1 = y1.Plus(Unsafe.Add(ref x, down), factor);
            y2 = y2.Plus(Unsafe.Add(ref x, 2 * down), factor);
            y3 = y3.Plus(Unsafe.Add(ref x, 3 * down), factor);
            y4 = y4.Plus(half, factor);
            y5 = y5.Plus(Unsafe.Add(ref half, down), factor);
            y6 = y6.Plus(Unsafe.Add(ref half, 2 * down), factor);
            y7 = y7.Plus(Unsafe.Add(ref half, 3 * down), factor);
            x = ref Unsafe.Add(ref x, across);
            half = ref Unsafe.Add(ref half, across);
            w = ref Unsafe.Add(ref w, next);
        }

        y0.Store(ref y, 0);
        y1.Store(ref y, line);
        y2.Store(ref y, 2 * line);
        y3.Store(ref y, 3 * line);
        y4.Store(ref y, 4 * line);
        y5.Store(ref y, 5 * line);
        y6.Store(ref y, 6 * line);
        y7.Store(ref y, 7 * line);
    }

    private readonly record struct Strides(int Down, int Across, int Next, int Line);

    /// <summary>The sums of a row of a tile.</summary>
    private interface ITileRow<T> where T : struct, ITileRow<T>
    {
        static abstract T Load(ref float from, int offset);

        T Plus(float x, T factors);

        void Store(ref float to, int offset);
    }

    private readonly struct One<T>(T value) : ITileRow<One<T>> where T : struct, ILanes<T>
    {
        private readonly T _value = value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static One<T> Load(ref float from, int offset) => new(T.Load(ref from, offset));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public One<T> Plus(float x, One<T> factors) => new(T.MultiplyAdd(T.Of(x), factors._value, _value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(ref float to, int offset) => _value.Store(ref to, offset);
    }

    private readonly struct Two<T>(T first, T second) : ITileRow<Two<T>> where T : struct, ILanes<T>
    {
        private readonly T _first = first, _second = second;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Two<T> Load(ref float from, int offset) => new(T.Load(ref from, offset), T.Load(ref from, offset + T.Count));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Two<T> Plus(float x, Two<T> factors)
        {
            T value = T.Of(x);
            return new Two<T>(T.MultiplyAdd(value, factors._first, _first), T.MultiplyAdd(value, factors._second, _second));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(ref float to, int offset)
        {
            _first.Store(ref to, offset);
            _second.Store(ref to, offset + T.Count);
        }
    }
}

/// <summary>The size of a product by tiles, beside its rows.</summary>
/// <param name="Depth">The number of products in a sum.</param>
/// <param name="Panels">The number of panels.</param>
internal readonly record struct TileSize(int Depth, int Panels);
