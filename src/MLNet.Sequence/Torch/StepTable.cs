using System.Numerics;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Numbers that follow from the step alone, such as the angles of rotary positions: made once on the device of a network and kept for all
/// its passes, for the longest of them, rounded up to a power of two. Safe from several threads.
/// </summary>
/// <param name="row">The numbers of a step, from 0; as many for each.</param>
/// <param name="device">Where they are kept.</param>
/// <param name="type">What they are rounded to.</param>
internal sealed class StepTable(Func<int, double[]> row, Device device, ScalarType type) : IDisposable
{
    private readonly Lock _gate = new();
    private Tensor? _rows;

    /// <summary>Those of the first steps, [T, n]; of the caller's dispose scope.</summary>
    public Tensor First(long steps)
    {
        lock (_gate)
        {
            if (_rows is null || _rows.shape[0] < steps)
            {
                // What other passes still see of the shorter table stays.
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
        // Training may read what scoring has made, but no tensor of inference mode.
        using var usual = inference_mode(false);
        double[] values = [.. Enumerable.Range(0, steps).SelectMany(row)];
        return tensor(values, [steps, values.Length / steps]).to(type, device).DetachFromDisposeScope();
    }
}
