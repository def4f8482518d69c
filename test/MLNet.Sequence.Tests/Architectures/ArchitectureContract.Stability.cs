using MLNet.Sequence.Certificates;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>The certificates of the same architectures.</summary>
public abstract partial class ArchitectureContract
{
    private const int Before = 20;

    [TestMethod]
    public void The_bounds_of_its_memory_hold() => ForEach(@case =>
    {
        Layer layer = @case.Build();
        if (!layer.IsCausal)
            return;
        var network = new ManagedNetwork(layer, Inputs, @case.FirstWeights());
        var bound = LayerBound.Of(layer, ValueRange.Around(Inputs, 3), "", new BoundedNetwork(@case.FirstWeights(), null));
        DifferenceStep step = bound.Start(Past.Unknown);
        for (int steps = 1; steps <= 30; steps++)
        {
            Difference proved = step(Difference.None(Inputs));
            var sequence = SequenceBatch.Random(rows: 1, Before + steps, Inputs, seed: steps);
            float[] values = [.. sequence.Floats.Select(value => Math.Clamp(value, -3, 3))];
            float[] whole = Last(network.Run(values), network), cut = Last(network.Run(values.AsSpan(Before * Inputs)), network);
            for (int i = 0; i < whole.Length; i++)
            {
                double rounding = 1e-5 * (1 + Math.Abs(whole[i]));
                Assert.IsLessThanOrEqualTo(proved.Channels[i] + rounding, Math.Abs((double)whole[i] - cut[i]), $"{@case}: {steps} steps");
                Assert.IsTrue(whole[i] >= bound.Output.Low[i] - rounding && whole[i] <= bound.Output.High[i] + rounding, $"{@case}: output {whole[i]}");
            }

            Assert.IsTrue(steps < @case.ReceptiveField || @case.ReceptiveField is null || proved.IsNone, $"{@case}: {steps} steps");
        }
    });

    private static float[] Last(float[] outputs, ManagedNetwork network) => outputs[^network.OutputSize..];
}
