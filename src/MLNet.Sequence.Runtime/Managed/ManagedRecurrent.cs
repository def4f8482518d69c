using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNet.Sequence.Managed;

/// <summary>
/// A recurrent layer. The state is h, then c if there is one, and working space for the gates. Several sequences advance together: each
/// weight is read once for all of them. As in a product, the first calls are compiled with full optimisation.
/// </summary>
internal sealed class ManagedRecurrent<TStep> : IManagedLayer where TStep : struct, IRecurrentStep
{
    // For a sequence on its own, the part of the input is computed for several steps at once, so that its matrix is read less often.
    private const int StepsAtOnce = 64;

    private static readonly int s_gates = TStep.Gates[^1].End;

    private readonly Block[] _blocks;
    private readonly float[] _zeros;

    public ManagedRecurrent(int inputSize, int units, Func<string, float[]> own)
    {
        (InputSize, OutputSize, _zeros) = (inputSize, units, new float[units]);
        _blocks = Array.ConvertAll(TStep.Gates.ToArray(), gates =>
        {
            int rows = gates.Count * units;
            var bias = new float[rows];
            PackedMatrix? Part(int? first, string kind)
            {
                if (first is null)
                    return null;
                // The biases of both parts only appear as a sum.
                TensorPrimitives.Add(bias, own($"bias_{kind}").AsSpan(first.Value * units, rows), bias);
                int columns = kind == "ih" ? inputSize : units;
                return new PackedMatrix(own($"weight_{kind}").AsSpan(first.Value * units * columns, rows * columns), rows, columns, bias);
            }

            PackedMatrix? recurrent = Part(gates.Recurrent ? gates.First : null, "hh");
            return new Block(gates.First * units, Part(gates.Input, "ih"), recurrent);
        });
    }

    public int InputSize { get; }

    public int OutputSize { get; }

    // Sessions save states: their size stays that of earlier versions. Without c, the gates take the place of h.
    public int StateSize => (TStep.HasCell ? s_gates + 2 : Math.Max(s_gates, 2)) * OutputSize;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> cells = TStep.HasCell ? state.Slice(n, n) : state, sums = state[^(s_gates * n)..];
        state[..n].CopyTo(output);
        WriteInput(input, InputSize, sums, 1);
        AddRecurrent(output, n, sums, 1);
        IRecurrentStep.Run<TStep>(new(n, ref sums[0], ref sums[0], new(ref output[0], ref cells[0]), new(ref output[0], ref cells[0])));
        // What is left in the working space is no state: two states that differ only there are equal.
        sums.Clear();
        output[..n].CopyTo(state);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => RunMany(input, output, 1, steps);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunMany(ReadOnlySpan<float> input, Span<float> output, int sequences, int steps)
    {
        int n = OutputSize, width = s_gates * n, atOnce = sequences == 1 ? Math.Min(steps, StepsAtOnce) : 1;
        float[] sums = ArrayPool<float>.Shared.Rent(sequences * atOnce * width), cells = ArrayPool<float>.Shared.Rent(sequences * n);
        cells.AsSpan().Clear();
        for (int t = 0; t < steps; t++)
        {
            Span<float> own = sums.AsSpan(t % atOnce * width);
            if (t % atOnce == 0)
                WriteInput(input[(t * InputSize)..], (atOnce == 1 ? steps : 1) * InputSize, own, Math.Max(sequences, Math.Min(atOnce, steps - t)));
            ReadOnlySpan<float> before = t == 0 ? _zeros : output[((t - 1) * n)..];
            int stride = t == 0 ? 0 : steps * n;
            AddRecurrent(before, stride, own, sequences);
            for (int i = 0; i < sequences; i++)
            {
                ref float gates = ref own[i * width], cell = ref cells[i * n], hidden = ref MemoryMarshal.GetReference(before[(i * stride)..]);
                IRecurrentStep.Run<TStep>(new(n, ref gates, ref gates, new(ref hidden, ref cell), new(ref output[(i * steps + t) * n], ref cell)));
            }
        }

        ArrayPool<float>.Shared.Return(sums);
        ArrayPool<float>.Shared.Return(cells);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteInput(ReadOnlySpan<float> input, int stride, Span<float> sums, int count)
    {
        foreach (Block block in _blocks)
            block.Input?.Multiply(input, stride, sums[block.First..], s_gates * OutputSize, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRecurrent(ReadOnlySpan<float> before, int stride, Span<float> sums, int count)
    {
        foreach (Block block in _blocks)
        {
            if (block.Input is null)
                block.Recurrent?.Multiply(before, stride, sums[block.First..], s_gates * OutputSize, count);
            else
                block.Recurrent?.MultiplyAdd(before, stride, sums[block.First..], s_gates * OutputSize, count);
        }
    }

    // The matrices of neighbouring gates, whose sums begin at First.
    private sealed record Block(int First, PackedMatrix? Input, PackedMatrix? Recurrent);
}
