using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Tests.Networks;

/// <summary>Decoders that attend to an encoder's output for each step of the horizon.</summary>
[TestClass]
public sealed class AttendingPlanTests : PlanContract
{
    private const int Horizon = 3;

    internal override IReadOnlyList<PlanCase> Cases =>
    [
        Decoder(new CrossAttention(2) { MemorySize = 3 }, ""),
        Decoder(new Residual(new Sequential(new CrossAttention(1) { MemorySize = 3 })), ".inner.0"),
    ];

    [TestMethod]
    public void A_missing_memory_one_without_steps_and_one_of_another_size_are_refused()
    {
        NetworkPlan plan = Cases[0].Plan;
        string Problem(string memory, Layer? layer = null) =>
            (plan with { Nodes = [plan.Nodes[0], plan.Nodes[1] with { Memory = memory, Layer = layer ?? plan.Nodes[1].Layer }, plan.Nodes[2]] }).Problems()
                .First();
        StringAssert.Contains(Problem("encoded"), "'encoded', which is neither an input nor an earlier node");
        StringAssert.Contains(Problem(NetworkInput.Past), "'past' of 2 channels; its MemorySize is 3");
        StringAssert.Contains(Problem("encoder", new Dense(4)), "has no CrossAttention");
        StringAssert.Contains(Problem("encoder", new Branched(new CrossAttention(2) { MemorySize = 3 })), "has no CrossAttention");
    }

    private protected override bool IsBounded => false;

    private static PlanCase Decoder(Layer attention, string path) => new(
        new NetworkPlan(
            [new(NetworkInput.Past, 2, StepCoverage.Past), new(NetworkInput.Target, 4, StepCoverage.Horizon)],
            [
                new("encoder", new CausalConv(3, 2, 1), [NetworkInput.Past]),
                new("decoder", attention, [NetworkInput.Target]) { Memory = "encoder" },
                new("head", new Dense(2), ["decoder"]),
            ])
        {
            Horizon = Horizon,
        },
        "encoder.weight[3,2,2]", "encoder.bias[3]",
        $"decoder{path}.weight_query[4,4]", $"decoder{path}.bias_query[4]", $"decoder{path}.weight_memory[8,3]", $"decoder{path}.bias_memory[8]",
        $"decoder{path}.weight_out[4,4]", $"decoder{path}.bias_out[4]", "head.weight[2,4]", "head.bias[2]")
    {
        Outputs = Horizon * 2,
        Field = null,
    };
}
