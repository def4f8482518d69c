using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Torch;

/// <summary>The gradients of sums by those of the outputs of one row, through max(·, 0) and the mask, and of the bias.</summary>
/// <param name="given">The gradients of the outputs, [n, D].</param>
/// <param name="outputs">The outputs if they are rectified: above 0 only where a sum was above 0 and kept. Else empty.</param>
/// <param name="sums">The gradients of the sums, of [D], an output stride apart; written.</param>
/// <param name="shape">The sizes.</param>
internal readonly ref struct OutputGradient(
    ReadOnlySpan<float> given, ReadOnlySpan<float> outputs, Span<float> sums, ConvShape shape) : ILaneKernel
{
    private readonly ReadOnlySpan<float> _given = given, _outputs = outputs;
    private readonly Span<float> _sums = sums;

    /// <summary>The gradient of the bias, [D], to which this row is added.</summary>
    public required Span<float> Bias { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int from, int to) where T : struct, ILanes<T>
    {
        bool rectified = !_outputs.IsEmpty;
        T factor = T.Of(shape.MaskScale);
        for (int at = from; at < to; at += T.Count)
        {
            ref float given = ref Unsafe.Add(ref MemoryMarshal.GetReference(_given), at);
            ref float outputs = ref Unsafe.Add(ref MemoryMarshal.GetReference(_outputs), rectified ? at : 0);
            ref float sums = ref Unsafe.Add(ref MemoryMarshal.GetReference(_sums), at);
            ref float bias = ref MemoryMarshal.GetReference(Bias);
            T sum = T.Load(ref bias, at);
            for (int output = 0; output < shape.Outputs; output++)
            {
                T gradient = T.Load(ref given, output * shape.Filters);
                if (rectified)
                    gradient = T.WherePositive(T.Load(ref outputs, output * shape.Filters), gradient * factor);
                gradient.Store(ref sums, output * shape.OutputStride);
                sum += gradient;
            }

            sum.Store(ref bias, at);
        }
    }
}
