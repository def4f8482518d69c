using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MLNet.Sequence.Managed;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The input of a backward pass, and which gradients it must compute in addition to those of the weights.</summary>
/// <param name="States">The gradient of <see cref="RecurrentRun.States"/>.</param>
/// <param name="WantsInput">Whether to compute the gradient of the input.</param>
/// <param name="WantsStart">Whether to compute the gradient of the initial state.</param>
internal sealed record RecurrentTask(Tensor States, bool WantsInput, bool WantsStart);

/// <summary>The gradients of a recurrent layer; null: not computed.</summary>
/// <param name="Weights">The gradients of the weights.</param>
/// <param name="Input">The gradient of the input, [B, T, C].</param>
/// <param name="Hidden">The gradient of the initial h, [1, B, H].</param>
/// <param name="Cell">The gradient of the initial c, [1, B, H].</param>
internal sealed record RecurrentGradients(RecurrentWeights Weights, Tensor? Input, Tensor? Hidden, Tensor? Cell);

/// <summary>
/// The backward pass of a recurrent layer over whole sequences. Each step is one pass over the gates and one product with the packed transpose
/// of the recurrent matrix. The gradients of the matrices and of the input are products over several steps at once, computed while the
/// gradients of the sums are still in the processor's cache.
/// </summary>
internal sealed class RecurrentBackward<TKernel> where TKernel : struct, IRecurrentKernel
{
    private const int VectorsAtOnce = 256;

    private readonly RecurrentRun _run;
    private readonly RecurrentWeights _weights;
    private readonly int _units, _rows;
    private readonly Tensor _states, _hidden, _cell, _sums, _total;
    private readonly Tensor? _input;
    private readonly PackedWeights _transposed;
    private readonly bool _toStart;

    private RecurrentBackward(RecurrentRun run, RecurrentWeights weights, RecurrentTask task)
    {
        (_run, _weights, _units, _rows, _toStart) = (run, weights, weights.Units, run.Rows, task.WantsStart);
        long width = TKernel.Gates[^1].End * _units;
        _states = task.States.contiguous();
        _hidden = zeros(1, _rows, _units);
        _cell = TKernel.HasCell ? _states.narrow(0, run.Steps, 1).clone() : _hidden;
        _sums = empty(Math.Min(StepsAtOnce, run.Steps) * _rows, width);
        _total = zeros(width, _units + 1 + weights.Inputs);
        _input = task.WantsInput ? zeros(run.Steps * _rows, weights.Inputs) : null;
        _transposed = PackedWeights.Transposed(weights.Recurrent);
    }

    private int StepsAtOnce => (VectorsAtOnce + _rows - 1) / _rows;

    public static RecurrentGradients Run(RecurrentRun run, RecurrentWeights weights, RecurrentTask task)
    {
        var pass = new RecurrentBackward<TKernel>(run, weights, task);
        for (int end = run.Steps, first; end > 0; end = first)
        {
            first = Math.Max(0, end - pass.StepsAtOnce);
            pass.FillSums(first, end);
            pass.AddProducts(first, end);
        }

        return pass.Gradients();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillSums(int first, int end)
    {
        int size = (int)_run.Vectors.shape[2], gateSize = (int)_run.Gates.shape[2], width = (int)_sums.shape[1];
        Span<float> vectors = TorchMemory.Floats(_run.Vectors), gates = TorchMemory.Floats(_run.Gates), cells = TorchMemory.Floats(_run.Cells);
        Span<float> sums = TorchMemory.Floats(_sums), output = TorchMemory.Floats(_states);
        Span<float> hidden = TorchMemory.Floats(_hidden), cell = TorchMemory.Floats(_cell);
        PackedProduct transposed = _transposed.Product;
        for (int t = end - 1; t >= first; t--)
        {
            for (int row = 0; row < _rows; row++)
            {
                int i = t * _rows + row, after = i + _rows, unit = row * _units;
                var values = new RecurrentRow(_units, ref sums[(i - first * _rows) * width], ref gates[i * gateSize],
                    new(ref vectors[i * size], ref cells[i * _units]), new(ref vectors[after * size], ref cells[after * _units]));
                Backward(values, new(ref output[i * _units], new(ref hidden[unit], ref cell[unit])));
            }

            if (t > 0 || _toStart)
                transposed.MultiplyAdd(sums[((t - first) * _rows * width)..], width, hidden, _units, _rows);
        }
    }

    private void AddProducts(int first, int end)
    {
        using var scope = NewDisposeScope();
        long count = (end - first) * _rows;
        Tensor vectors = _run.Vectors.narrow(0, first, end - first).view(count, -1), sums = _sums.narrow(0, 0, count);
        foreach (GateBlocks blocks in TKernel.Gates)
        {
            Tensor own = sums.narrow(1, blocks.First * _units, blocks.Count * _units);
            (long from, long to) = (blocks.Recurrent ? 0 : _units, blocks.Input is null ? _units + 1 : _total.shape[1]);
            Rows(_total, blocks.First, blocks.Count).narrow(1, from, to - from).addmm_(own.t(), vectors.narrow(1, from, to - from), 1, 1);
            if (blocks.Input is { } input)
                _input?.narrow(0, first * _rows, count).addmm_(own, Rows(_weights.Input, input, blocks.Count), 1, 1);
        }
    }

    private RecurrentGradients Gradients()
    {
        GateBlocks[] gates = TKernel.Gates.ToArray();
        Tensor recurrent = Rows(_total, 0, gates.Where(blocks => blocks.Recurrent).Sum(blocks => blocks.Count));
        Tensor[] parts = [.. gates.Where(blocks => blocks.Input is not null).Select(blocks => Rows(_total, blocks.First, blocks.Count))];
        Tensor input = parts.Length == 1 ? parts[0] : cat(parts, 0);
        var weights = new RecurrentWeights(
            input.narrow(1, _units + 1, _weights.Inputs), recurrent.narrow(1, 0, _units), input.select(1, _units), recurrent.select(1, _units));
        return new RecurrentGradients(
            weights, _input?.view(_run.Steps, _rows, -1).transpose(0, 1), _toStart ? _hidden : null, _toStart ? _cell : null); // [T, B, C] → [B, T, C]
    }

    private Tensor Rows(Tensor matrix, int first, int count) => matrix.narrow(0, first * _units, count * _units);

    private static void Backward(in RecurrentRow row, in RowGradients gradients)
    {
        int j = Vector512.IsHardwareAccelerated ? Backward<WideLanes>(row, gradients, 0) : 0;
        Backward<OneLane>(row, gradients, Backward<SystemLanes>(row, gradients, j));
    }

    // Whole vectors from unit j on. Returns the first unit that is left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Backward<T>(in RecurrentRow row, in RowGradients gradients, int j) where T : struct, ILanes<T>
    {
        for (; j <= row.Units - T.Count; j += T.Count)
            TKernel.Backward<T>(row, gradients, j);
        return j;
    }
}
