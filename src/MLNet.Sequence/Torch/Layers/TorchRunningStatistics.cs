using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>In double: sums over all steps so far, of differences from the first one.</summary>
internal sealed class TorchRunningStatistics : ITorchLayer
{
    // For equal values the deviation is 0, where the square root has no derivative.
    private const double LeastVariance = 1e-30;

    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor x = input.to_type(ScalarType.Float64), first = x.narrow(1, 0, 1), y = x - first;
        Tensor before = HeldNumbers.Arange(x.shape[1], x.device, ScalarType.Float64).view(1, -1, 1), n = before.Add(1);
        Tensor sum = y.cumsum(1), mean = sum / n;
        Tensor variance = (y.Square().cumsum(1) / n - mean.Square()).ClampMin(LeastVariance);
        // Σ (t − t̄) y with t̄ = (n − 1) / 2, over Σ (t − t̄)² = n (n² − 1) / 12, times n − 1
        Tensor rise = ((y * before).cumsum(1) - sum * before.Div(2)).Mul(12) / (n * n.Add(1));
        Tensor[] statistics = [mean.Add(first), variance.sqrt(), x.cummin(1).values, x.cummax(1).values, first.expand_as(x), x, rise];
        // 7 × [B, T, C] → [B, T, C, 7] → [B, T, 7 C]
        return cat([stack(statistics, 3).flatten(2), n.expand(x.shape[0], -1, 1)], 2).to_type(input.dtype);
    }
}
