using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>Attention without a memory; for attention to a memory see <see cref="Architectures.AttentionRnnTests"/>.</summary>
[TestClass]
public sealed class AttentionGruTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases => [Case(n: 4, compared: null, c: 3), Case(n: 3, compared: 5, c: 2)];

    private static LayerCase Case(int n, int? compared, int c)
    {
        int a = compared ?? n;
        return new LayerCase(
            new AttentionGru(n) { AttentionSize = compared }, c,
            $"weight_ih[{3 * n},{2 * c}]", $"weight_hh[{3 * n},{n}]", $"bias_ih[{3 * n}]", $"bias_hh[{3 * n}]",
            $"weight_query[{a},{n}]", $"weight_memory[{a},{c}]", $"bias_memory[{a}]", $"weight_score[1,{a}]",
            $"weight_start[{n},{c}]", $"bias_start[{n}]")
        {
            Outputs = n + c,
            Field = null,
        };
    }
}
