using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class CausalAttentionTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        Case(new CausalAttention(Heads: 2, Window: LayerCase.Steps), 8),
        Case(new CausalAttention(Heads: 1, Window: 3), 4),
        Case(new CausalAttention(Heads: 3, Window: 2), 6),
        Case(new CausalAttention(Heads: 3, Window: 4) { Rotary = false }, 9),
    ];

    [TestMethod]
    public void Channels_that_the_heads_do_not_divide_are_refused() =>
        StringAssert.Contains(new CausalAttention(3, 4).Problems(9).Single(), "found 3 heads for 9 channels");

    [TestMethod]
    public void Only_distances_matter_so_that_a_stream_of_any_length_gives_what_its_last_window_gives()
    {
        const int channels = 8, window = 5, steps = 3000;
        var layer = new CausalAttention(2, window);
        Weights weights = NetworkProbe.RandomWeights(layer, channels, seed: 4);
        var network = new ManagedNetwork(layer, channels, weights);
        float[] input = SequenceBatch.Random(1, steps, channels, seed: 5).Floats;
        float[] state = new float[network.StateSize], output = new float[channels];
        for (int step = 0; step < steps; step++)
            network.Step(input.AsSpan(step * channels, channels), output, state);
        float[] last = network.Run(input.AsSpan(^(window * channels)..))[^channels..];
        Close.AssertEqual(Close.Doubles(last), Close.Doubles(output), 5e-6, "the last window alone");
    }

    private static LayerCase Case(CausalAttention layer, int c) =>
        new(layer, c, $"weight_in[{3 * c},{c}]", $"bias_in[{3 * c}]", $"weight_out[{c},{c}]", $"bias_out[{c}]")
        {
            Outputs = c,
            Field = layer.Window,
        };
}
