using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Networks;

/// <summary>Encoders of a source and decoders of a target: two sequences of any lengths.</summary>
[TestClass]
public sealed class PairPlanTests : PlanContract
{
    private const int TargetSteps = 4;

    internal override IReadOnlyList<PlanCase> Cases =>
    [
        new(Pair(new CrossAttention(2) { MemorySize = 3 }, "encoder", new Sequential(new CausalConv(3, 2, 1), new CrossAttention(1))),
            "encoder.0.weight[3,2,2]", "encoder.0.bias[3]",
            "encoder.1.weight_query[3,3]", "encoder.1.bias_query[3]", "encoder.1.weight_memory[6,3]", "encoder.1.bias_memory[6]",
            "encoder.1.weight_out[3,3]", "encoder.1.bias_out[3]",
            "read.weight[4,2]", "read.bias[4]",
            "decoder.weight_query[4,4]", "decoder.bias_query[4]", "decoder.weight_memory[8,3]", "decoder.bias_memory[8]",
            "decoder.weight_out[4,4]", "decoder.bias_out[4]", "head.weight[3,4]", "head.bias[3]")
        {
            Outputs = 3,
            Field = null,
            TargetSteps = TargetSteps,
        },
        // The decoder attends to the source itself.
        new(Pair(new Residual(new Sequential(new CausalAttention(1, 3) { Rotary = false }, new CrossAttention(1) { MemorySize = 2 })), NetworkInput.Past),
            "read.weight[4,2]", "read.bias[4]",
            "decoder.inner.0.weight_in[12,4]", "decoder.inner.0.bias_in[12]", "decoder.inner.0.weight_out[4,4]", "decoder.inner.0.bias_out[4]",
            "decoder.inner.1.weight_query[4,4]", "decoder.inner.1.bias_query[4]", "decoder.inner.1.weight_memory[8,2]", "decoder.inner.1.bias_memory[8]",
            "decoder.inner.1.weight_out[4,4]", "decoder.inner.1.bias_out[4]", "head.weight[3,4]", "head.bias[3]")
        {
            Outputs = 3,
            Field = null,
            TargetSteps = TargetSteps,
        },
    ];

    [TestMethod]
    public void A_decoder_that_is_stepped_gives_the_outputs_of_the_whole_target()
    {
        foreach (PlanCase @case in Cases)
        {
            Weights weights = @case.RandomWeights();
            var network = new ManagedNetwork(@case.Plan, weights);
            SequenceBatch source = @case.Past(rows: 1), target = @case.Beside(rows: 1);
            ManagedNetwork decoder = network.Decoder(source.Floats);
            Assert.IsTrue(decoder.CanStep, $"{@case}");
            var state = new float[decoder.StateSize];
            var output = new float[TargetSteps * decoder.OutputSize];
            for (int step = 0; step < TargetSteps; step++)
                decoder.Step(target.Floats.AsSpan(2 * step, 2), output.AsSpan(step * decoder.OutputSize, decoder.OutputSize), state);
            Close.AssertEqual(PlainPlan.Run(@case.Plan, source.RowSteps(0), target.Values, weights), Close.Doubles(output), 5e-6, $"{@case}");
        }
    }

    [TestMethod]
    public void A_later_step_of_the_target_does_not_change_an_earlier_output()
    {
        foreach (PlanCase @case in Cases)
        {
            using var probe = new NetworkProbe(@case.Plan, @case.RandomWeights());
            SequenceBatch source = @case.Past(rows: 2), target = @case.Beside(rows: 2);
            double[] before = Forward(probe, source, target);
            for (int row = 0; row < 2; row++)
                target.Values[(row + 1) * 2 * TargetSteps - 1] += 3;
            double[] after = Forward(probe, source, target);
            for (int i = 0; i < before.Length; i++)
                Assert.AreEqual(i / 3 % TargetSteps < TargetSteps - 1, before[i] == after[i], $"{@case}: output {i}");
        }
    }

    [TestMethod]
    public void An_open_horizon_has_two_inputs_and_is_not_joined_with_the_past()
    {
        NetworkPlan plan = Cases[0].Plan;
        StringAssert.Contains((plan with { Inputs = [plan.Inputs[0], plan.Inputs[1] with { Coverage = StepCoverage.None }] }).Problems().First(), "two inputs");
        NetworkNode last = new("last", new LastStep(), ["encoder"]), head = plan.Nodes[3] with { Sources = ["decoder", "last"] };
        NetworkPlan joined = plan with { Nodes = [.. plan.Nodes.Take(3), last, head] };
        StringAssert.Contains(string.Join(" ", joined.Problems()), "must read other nodes there; found 'last'");
    }

    private protected override bool IsBounded => false;

    private static NetworkPlan Pair(Layer decoder, string memory, Layer? encoder = null) => new(
        [new(NetworkInput.Past, 2, StepCoverage.Past), new(NetworkInput.Target, 2, StepCoverage.Horizon)],
        [
            .. encoder is null ? Array.Empty<NetworkNode>() : [new("encoder", encoder, [NetworkInput.Past])],
            new("read", new Dense(4), [NetworkInput.Target]),
            new("decoder", decoder, ["read"]) { Memory = memory },
            new("head", new Dense(3), ["decoder"]),
        ])
    {
        IsOpen = true,
    };
}
