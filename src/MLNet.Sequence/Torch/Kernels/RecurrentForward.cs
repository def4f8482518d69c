using System.Runtime.CompilerServices;
using MLNet.Sequence.Managed;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The forward pass of a recurrent layer over whole sequences. Each step is one product of h with the packed recurrent matrix, added to the
/// part of the input, and one pass over the gates. Everything runs on the calling thread.
/// </summary>
internal static class RecurrentForward<TKernel> where TKernel : struct, IRecurrentKernel
{
    // If a step has fewer vectors, the part of the input is computed for several steps at once, so that its matrix is read less often.
    private const int VectorsAtOnce = 64;

    /// <param name="weights">The weights.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="start">The state before the first step, [1, B, H] each; null: zeros.</param>
    public static RecurrentRun Run(RecurrentWeights weights, Tensor input, Tensor[]? start)
    {
        long rows = input.shape[0], steps = input.shape[1], units = weights.Units, size = units + 1 + weights.Inputs, last = TKernel.HasCell ? 1 : 0;
        Tensor vectors = empty(steps + 1 + last, rows, (size + RecurrentRun.Multiple - 1) / RecurrentRun.Multiple * RecurrentRun.Multiple);
        Tensor cells = TKernel.HasCell ? empty(steps + 1, rows, units) : vectors;
        int gates = TKernel.Gates[^1].End;
        var run = new RecurrentRun(vectors, gates == 1 ? vectors.narrow(0, 1, steps) : empty(steps, rows, gates * units), cells);
        vectors.narrow(2, units, 1).copy_(ones(1));
        vectors.narrow(0, 0, steps).narrow(2, units + 1, weights.Inputs).copy_(input.transpose(0, 1)); // [B, T, C] → [T, B, C]
        Begin(vectors.narrow(2, 0, units), start?[0]);
        if (TKernel.HasCell)
            Begin(cells, start?[1]);
        Fill(run, weights);
        if (TKernel.HasCell)
            vectors.narrow(0, steps + 1, 1).narrow(2, 0, units).copy_(cells.narrow(0, steps, 1));
        return run;
    }

    private static void Begin(Tensor states, Tensor? start)
    {
        if (start is null)
            states.narrow(0, 0, 1).zero_();
        else
            states.narrow(0, 0, 1).copy_(start);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(RecurrentRun run, RecurrentWeights weights)
    {
        int rows = run.Rows, units = weights.Units, stepsAtOnce = Math.Min(run.Steps, (VectorsAtOnce + rows - 1) / rows);
        int size = (int)run.Vectors.shape[2], gateSize = (int)run.Gates.shape[2], width = TKernel.Gates[^1].End * units;
        Span<float> vectors = TorchMemory.Floats(run.Vectors), gates = TorchMemory.Floats(run.Gates), cells = TorchMemory.Floats(run.Cells);
        Span<float> sums = TorchMemory.Floats(empty(stepsAtOnce * rows, width));
        var products = new GateProducts<TKernel>(weights, size, width);
        for (int t = 0; t < run.Steps; t++)
        {
            int first = t * rows;
            Span<float> own = sums[(t % stepsAtOnce * rows * width)..];
            if (t % stepsAtOnce == 0)
                products.WriteInput(vectors[(first * size)..], own, Math.Min(stepsAtOnce, run.Steps - t) * rows);
            products.AddRecurrent(vectors[(first * size)..], own, rows);
            for (int row = 0; row < rows; row++)
            {
                int i = first + row, after = i + rows;
                IRecurrentStep.Run<TKernel>(new(units, ref own[row * width], ref gates[i * gateSize],
                    new(ref vectors[i * size], ref cells[i * units]), new(ref vectors[after * size], ref cells[after * units])));
            }
        }
    }
}
