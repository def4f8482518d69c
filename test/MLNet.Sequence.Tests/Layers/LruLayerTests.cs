using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class LruLayerTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new LruLayer(4), 3, "nu_log[4]", "theta_log[4]", "gamma_log[4]", "weight_in[8,3]", "weight_out[3,8]", "skip[3]"),
        Case(new LruLayer(1), 2, "nu_log[1]", "theta_log[1]", "gamma_log[1]", "weight_in[2,2]", "weight_out[2,2]", "skip[2]"),
    ];

    [TestMethod]
    [DataRow(0.0, 1.0)]
    [DataRow(0.9, 0.999)]
    public void Factors_start_uniform_on_the_stated_ring(double min, double max)
    {
        var layer = new LruLayer(20_000) { MinRadius = min, MaxRadius = max, MaxPhase = 1 };
        Weights weights = Initializer.Draw(layer.AllWeights(1), new RandomStream(1));
        double[] radii = [.. weights["nu_log"].Values.Select(nu => Math.Exp(-Math.Exp(nu)))];
        Assert.IsTrue(radii.All(radius => radius >= min - 1e-6 && radius <= max + 1e-6));
        // Uniform in area: the mean of r² is the middle of the ring's; 20,000 draws spread by less than 0.003 of its width.
        double width = max * max - min * min;
        Assert.AreEqual(min * min + width / 2, radii.Average(radius => radius * radius), 0.012 * width);
        float[] phases = [.. weights["theta_log"].Values.Select(MathF.Exp)];
        Assert.IsTrue(phases.All(phase => phase is > 0 and <= 1.000001f));
        Assert.AreEqual(0.5, phases.Average(), 0.01);
        // γ = √(1 − |λ|²): states keep the variance of their input.
        for (int i = 0; i < radii.Length; i++)
            Assert.AreEqual(Math.Sqrt(1 - radii[i] * radii[i]), Math.Exp(weights["gamma_log"].Values[i]), 1e-6, $"state {i}");
    }

    private static LayerCase Case(LruLayer layer, int inputs, params string[] weights) =>
        new(layer, inputs, weights) { Outputs = inputs, Field = null };
}
