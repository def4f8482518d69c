using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

internal readonly ref partial struct PackedProduct
{
    /// <summary>The vectors of a product: references to the first value of the first ones, and the distances to the next.</summary>
    private ref struct Vectors
    {
        public ref float X, Y;

        /// <summary>The values that the sums start from; null: 0.</summary>
        public ref float Start;

        public int XStride, YStride, StartStride, Columns;

        public readonly bool Starts => !Unsafe.IsNullRef(ref Start);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vectors From(int i)
        {
            Vectors from = this;
            from.X = ref Unsafe.Add(ref X, i * XStride);
            from.Y = ref Unsafe.Add(ref Y, i * YStride);
            if (Starts)
                from.Start = ref Unsafe.Add(ref Start, i * StartStride);
            return from;
        }
    }

    /// <summary>The registers of one vector in a block.</summary>
    private struct Sums<T> where T : struct, ILanes<T>
    {
        private T _0, _1, _2, _3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Sums<T> Start(in Vectors vectors) => vectors.Starts ? Load(ref vectors.Start) : default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Sums<T> Load(ref float from) => new()
        {
            _0 = T.Load(ref from, 0),
            _1 = T.Load(ref from, T.Count),
            _2 = T.Load(ref from, 2 * T.Count),
            _3 = T.Load(ref from, 3 * T.Count),
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(T x, in Sums<T> weights)
        {
            _0 = T.MultiplyAdd(x, weights._0, _0);
            _1 = T.MultiplyAdd(x, weights._1, _1);
            _2 = T.MultiplyAdd(x, weights._2, _2);
            _3 = T.MultiplyAdd(x, weights._3, _3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(ref float to)
        {
            _0.Store(ref to, 0);
            _1.Store(ref to, T.Count);
            _2.Store(ref to, 2 * T.Count);
            _3.Store(ref to, 3 * T.Count);
        }
    }
}
