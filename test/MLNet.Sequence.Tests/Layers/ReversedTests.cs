using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class ReversedTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new Reversed(new GruLayer(2)), 3, "inner.weight_ih[6,3]", "inner.weight_hh[6,2]", "inner.bias_ih[6]", "inner.bias_hh[6]") { Outputs = 2 },
        new(new Reversed(new CausalConv(2, 3)), 2, "inner.weight[2,2,3]", "inner.bias[2]") { Outputs = 2 },
        // Reversed twice: a step sees the earlier steps again.
        new(new Reversed(new Reversed(new LruLayer(2))), 2,
            "inner.inner.nu_log[2]", "inner.inner.theta_log[2]", "inner.inner.gamma_log[2]", "inner.inner.weight_in[4,2]", "inner.inner.weight_out[2,4]",
                "inner.inner.skip[2]")
        { Outputs = 2, Field = null },
    ];
}
