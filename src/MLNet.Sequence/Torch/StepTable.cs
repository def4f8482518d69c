using System.Numerics;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Numbers that depend only on the step, such as the angles of rotary positions. They are computed once on the device of a network and kept
/// for all its passes; the length is that of the longest pass, rounded up to a power of two. Thread-safe.
/// </summary>
/// <param name="row">The numbers of a step, counted from 0; the same number for each step.</param>
/// <param name="device">Where they are kept.</param>
/// <param name="type">The type that they are rounded to.</param>
internal sealed class StepTable(Func<int, double[]> row, Device device, ScalarType type) : IDisposable
{
    private readonly Lock _gate = new();
    private Tensor? _rows;

    /// <summary>The numbers of the first steps, [T, n]; they belong to the caller's dispose scope.</summary>
    public Tensor First(long steps)
    {
        lock (_gate)
        {
            if (_rows is null || _rows.shape[0] < steps)
            {
                // The shorter table stays alive while other passes use it.
                _rows?.Dispose();
                _rows = Make((int)BitOperations.RoundUpToPowerOf2((ulong)steps));
            }

            return _rows.narrow(0, 0, steps);
        }
    }

    public void Dispose() => _rows?.Dispose();

    private Tensor Make(int steps)
    {
        using var scope = NewDisposeScope();
        // Training may use a table created by scoring, but not a tensor of inference mode.
        using var usual = inference_mode(false);
        double[] values = [.. Enumerable.Range(0, steps).SelectMany(row)];
        return tensor(values, [steps, values.Length / steps]).to(type, device).DetachFromDisposeScope();
    }
}
