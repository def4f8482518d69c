using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>Attention without a memory; for attention to a memory see <see cref="Networks.AttendingPlanTests"/>.</summary>
[TestClass]
public sealed class CrossAttentionTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases => [Case(heads: 2, c: 8), Case(heads: 1, c: 3), Case(heads: 3, c: 6), Case(heads: 2, c: 8, rotary: true)];

    [TestMethod]
    public void Channels_that_the_heads_do_not_divide_are_refused() =>
        StringAssert.Contains(new CrossAttention(3).Problems(8).Single(), "found 3 heads for 8 channels");

    [TestMethod]
    public void Heads_of_an_odd_number_of_channels_cannot_be_rotated() =>
        StringAssert.Contains(new CrossAttention(2) { Rotary = true }.Problems(6).Single(), "found 2 heads for 6 channels");

    private static LayerCase Case(int heads, int c, bool rotary = false) => new(
        new CrossAttention(heads) { Rotary = rotary }, c, $"weight_query[{c},{c}]", $"bias_query[{c}]", $"weight_memory[{2 * c},{c}]", $"bias_memory[{2 * c}]",
            $"weight_out[{c},{c}]", $"bias_out[{c}]")
    {
        Outputs = c,
        Field = null,
    };
}
