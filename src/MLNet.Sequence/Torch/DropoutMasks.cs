using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The dropout masks of one pass. They depend on the seed of the pass, the number of earlier masks in the pass, and a value's position in
/// the mask. Integers on the tensor's device give the same bits on every device, and no random generator is used or changed.
/// </summary>
/// <remarks>
/// Word i of a mask is <see cref="RandomStream.Mix"/> of the mask's key + i, all words in a few operations. A word gives four values
/// sixteen bits each, lowest first: a value is kept if these bits, as a signed number, are at least 2¹⁵ − k. k is 2¹⁶ · (1 − rate), rounded
/// up with a probability equal to its fraction. So every value is kept with a probability of exactly 1 − rate, not only within 2⁻¹⁷.
/// </remarks>
/// <param name="seed">The seed of the pass.</param>
internal sealed class DropoutMasks(long seed)
{
    private const int PerWord = 4, Levels = 1 << 16;

    private long _drawn;

    /// <summary>The next mask of the pass: 0 with a probability of <paramref name="rate"/>, else 1 / (1 − rate).</summary>
    /// <param name="shape">Its dimensions; at least one value in total.</param>
    /// <param name="rate">The dropout rate, in [0, 1).</param>
    /// <param name="like">A tensor with the type and the device of the mask.</param>
    public Tensor Next(long[] shape, double rate, Tensor like)
    {
        using var scope = NewDisposeScope();
        ulong key = RandomStream.Mix(RandomStream.Mix((ulong)seed) + (ulong)_drawn++);
        if (like.device_type == DeviceType.CPU && like.dtype == ScalarType.Float32)
        {
            Tensor own = empty(shape, like.dtype, like.device);
            Fill(TorchMemory.Floats(own), key, rate);
            return own.MoveToOuterDisposeScope();
        }

        long count = shape.Aggregate(1L, (product, size) => product * size);
        // [n / 4] words → [n] parts of 16 bits
        Tensor parts = TorchMemory.As(Words(key, (count + PerWord - 1) / PerWord, like.device), ScalarType.Int16).narrow(0, 0, count);
        Tensor mask = parts.Ge(Levels / 2 - Kept(key, rate)).view(shape).to_type(like.dtype).Mul_(1 / (1 - rate));
        return mask.MoveToOuterDisposeScope();
    }

    // The same bits as those of libtorch's operations on integers, several times as fast.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(Span<float> mask, ulong key, double rate)
    {
        Vector128<int> least = Vector128.Create(Levels / 2 - Kept(key, rate)), scale = Vector128.Create((float)(1 / (1 - rate))).AsInt32();
        ref float values = ref MemoryMarshal.GetReference(mask);
        int whole = mask.Length / PerWord * PerWord;
        for (int i = 0; i < whole; i += PerWord)
            Values(key++, least, scale).StoreUnsafe(ref values, (nuint)i);
        Vector128<float> last = Values(key, least, scale);
        for (int i = whole; i < mask.Length; i++)
            mask[i] = last[i - whole];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Values(ulong position, Vector128<int> least, Vector128<int> scale)
    {
        Vector128<int> parts = Vector128.WidenLower(Vector128.CreateScalar(RandomStream.Mix(position)).AsInt16());
        return (Vector128.GreaterThanOrEqual(parts, least) & scale).AsSingle();
    }

    // k of 2¹⁶ values are kept.
    private static int Kept(ulong key, double rate)
    {
        double part = RandomStream.Mix(key - 1) * Math.Pow(2, -64);
        return Math.Clamp((int)Math.Floor((1 - rate) * Levels + part), 1, Levels);
    }

    // Mix(key), Mix(key + 1), …, [count] of int64.
    private static Tensor Words(ulong key, long count, Device device)
    {
        Tensor z = HeldNumbers.Arange(count, device).Add_(unchecked((long)(key + RandomStream.Increment)));
        Scramble(z, Step.First);
        Scramble(z, Step.Second);
        Scramble(z, Step.Last);
        return z;
    }

    // z ← (z ⊕ z ≫ shift) · factor. Shifts of signed numbers repeat the sign bit, which must be masked out.
    private static void Scramble(Tensor z, Step step)
    {
        using Tensor shifted = z.bitwise_right_shift(step.Shift);
        z.bitwise_xor_(shifted.bitwise_and_(step.Shown));
        if (step.Factor is not null)
            z.mul_(step.Factor);
    }

    /// <summary>A step of SplitMix64. Its numbers are tensors without dimensions, which work on any device.</summary>
    private sealed record Step(Tensor Shift, Tensor Shown, Tensor? Factor)
    {
        public static Step First { get; } = Of(30, RandomStream.FirstFactor);

        public static Step Second { get; } = Of(27, RandomStream.SecondFactor);

        public static Step Last { get; } = Of(31, null);

        private static Step Of(int shift, ulong? factor) =>
            new(Number(shift), Number((1L << (64 - shift)) - 1), factor is { } value ? Number(unchecked((long)value)) : null);

        private static Tensor Number(long value) => tensor(value, ScalarType.Int64).DetachFromDisposeScope();
    }
}
