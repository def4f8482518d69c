using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// The linear baseline (Zeng, Chen, Zhang and Xu, arXiv 2205.13504, section 4): y_t = b + Σ_{i&lt;k} W_i x_{t−i}, a causal
/// convolution over the whole context with nothing after it. With a forecasting head, which is linear too, and
/// <see cref="WindowNormalization.LastValue"/> it is NLinear.
/// Receptive field k.
/// Deviates: the map reads all channels, while the paper shares one map of k to H among the channels, and each channel sees only itself.
/// For one channel there is no difference. Map and head are two factors, so only those of the k·C × H·K weights that have rank ≤ Size can
/// be reached: all of them if Size ≥ H·K. DLinear's trend and remainder are sums over the window, so its forecasts are among these too, and
/// no decomposition is offered. Its two maps start elsewhere and take other paths in training, towards the same minimal loss.
/// </summary>
public sealed record Linear : Architecture
{
    /// <summary>Channels out; at least 1. Horizon times targets or more leaves the forecast's rank free. Default 32.</summary>
    public int Size { get; init; } = 32;

    /// <summary>k, the number of inputs seen, the present one included; at least 1. Null, the default: the context.</summary>
    public int? Window { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context) => new CausalConv(Size, Window ?? context);

    internal override Architecture Within(int context) => this with { Window = Window ?? context };

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() =>
        [.. AtLeast(1, Size, nameof(Size)), .. AtLeast(1, Window ?? 1, nameof(Window))];
}
