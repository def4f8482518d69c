using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>A number for libtorch, integer or real, as a parameter of <see cref="HeldNumbers"/>; any number converts to it.</summary>
internal readonly struct Number
{
    private readonly long? _whole;
    private readonly double _real;

    private Number(long? whole, double real) => (_whole, _real) = (whole, real);

    public static implicit operator Number(long value) => new(value, default);

    public static implicit operator Number(double value) => new(null, value);

    /// <summary>TorchSharp's form of the number. The owner must dispose it after libtorch's call, not before.</summary>
    public Scalar Held() => _whole ?? (Scalar)_real;
}

/// <summary>
/// libtorch's operations with a number, under their names with a capital letter. TorchSharp passes a number as a <see cref="Scalar"/>
/// without a reference to it during the call, also inside <c>a + b</c> and <c>square</c>. Its finaliser may then free it while libtorch
/// reads it (docs/torchsharp-scalar.md). Here it is held until the call has returned. Scalars must not be created anywhere else: to call
/// another operation with a number, add it here.
/// </summary>
internal static class HeldNumbers
{
    // The factor of an addition; an integer, so that it fits every type.
    private static readonly Scalar One = 1;

    private static readonly Scalar Zero = 0;

    /// <summary>0, 1, … <paramref name="count"/> − 1, [count]; int64 if no type is given.</summary>
    public static Tensor Arange(long count, Device device, ScalarType type = ScalarType.Int64)
    {
        using Scalar stop = ((Number)count).Held();
        return arange(Zero, stop, One, type, device);
    }

    /// <summary>A tensor filled with one value.</summary>
    public static Tensor Full(long[] shape, Number value, ScalarType type, Device device)
    {
        using Scalar held = value.Held();
        return full(shape, held, type, device);
    }

    extension(Tensor x)
    {
        /// <summary>x + other: use it instead of the operator +.</summary>
        public Tensor Add(Tensor other) => x.add(other, One);

        // This case is first, since TorchSharp also converts numbers to tensors.
        [OverloadResolutionPriority(1)]
        public Tensor Add(Number number)
        {
            using Scalar held = number.Held();
            return x.add(held, One);
        }

        /// <summary>x + factor · other.</summary>
        public Tensor Add(Tensor other, Number factor)
        {
            using Scalar held = factor.Held();
            return x.add(other, held);
        }

        public Tensor Add_(Tensor other) => x.add_(other, One);

        [OverloadResolutionPriority(1)]
        public Tensor Add_(Number number)
        {
            using Scalar held = number.Held();
            return x.add_(held, One);
        }

        /// <summary>x ← x + factor · other.</summary>
        public Tensor Add_(Tensor other, Number factor)
        {
            using Scalar held = factor.Held();
            return x.add_(other, held);
        }

        /// <summary>x − number.</summary>
        public Tensor Sub(Number number)
        {
            using Scalar held = number.Held();
            return x.sub(held);
        }

        /// <summary>number − x.</summary>
        public Tensor Rsub(Number number) => x.neg().Add(number);

        public Tensor Mul(Number number)
        {
            using Scalar held = number.Held();
            return x.mul(held);
        }

        public Tensor Mul_(Number number)
        {
            using Scalar held = number.Held();
            return x.mul_(held);
        }

        /// <summary>x / number.</summary>
        public Tensor Div(Number number, RoundingMode rounding = RoundingMode.None)
        {
            using Scalar held = number.Held();
            return x.div(held, rounding);
        }

        public Tensor Div_(Number number)
        {
            using Scalar held = number.Held();
            return x.div_(held);
        }

        public Tensor Pow(Number exponent)
        {
            using Scalar held = exponent.Held();
            return x.pow(held);
        }

        public Tensor Square() => x.Pow(2);

        /// <summary>x + factor · a · b.</summary>
        public Tensor Addcmul(Tensor a, Tensor b, Number factor)
        {
            using Scalar held = factor.Held();
            return x.addcmul(a, b, held);
        }

        public Tensor Addcmul_(Tensor a, Tensor b, Number factor)
        {
            using Scalar held = factor.Held();
            return x.addcmul_(a, b, held);
        }

        /// <summary>x ← x + factor · a / b.</summary>
        public Tensor Addcdiv_(Tensor a, Tensor b, Number factor)
        {
            using Scalar held = factor.Held();
            return x.addcdiv_(a, b, held);
        }

        /// <summary>x with factor · source added at the places <paramref name="index"/> of a dimension.</summary>
        public Tensor IndexAdd(long dimension, Tensor index, Tensor source, Number factor)
        {
            using Scalar held = factor.Held();
            return x.index_add(dimension, index, source, held);
        }

        public Tensor Clamp(Number least, Number most)
        {
            using Scalar low = least.Held(), high = most.Held();
            return x.clamp(low, high);
        }

        public Tensor Clamp_(Number least, Number most)
        {
            using Scalar low = least.Held(), high = most.Held();
            return x.clamp_(low, high);
        }

        public Tensor ClampMin(Number least)
        {
            using Scalar held = least.Held();
            return x.clamp_min(held);
        }

        public Tensor MaskedFill(Tensor mask, Number value)
        {
            using Scalar held = value.Held();
            return x.masked_fill(mask, held);
        }

        public Tensor MaskedFill_(Tensor mask, Number value)
        {
            using Scalar held = value.Held();
            return x.masked_fill_(mask, held);
        }

        public Tensor Lt(Number number)
        {
            using Scalar held = number.Held();
            return x.lt(held);
        }

        public Tensor Ge(Number number)
        {
            using Scalar held = number.Held();
            return x.ge(held);
        }

        public Tensor Gt(Number number)
        {
            using Scalar held = number.Held();
            return x.gt(held);
        }
    }
}
