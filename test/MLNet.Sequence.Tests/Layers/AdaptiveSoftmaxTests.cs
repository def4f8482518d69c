using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class AdaptiveSoftmaxTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new AdaptiveSoftmax(9, [3, 5]), 8, "head[5,8]", "projection0[2,8]", "tail0[2,2]", "projection1[1,8]", "tail1[4,1]") { Outputs = 9 },
        new(new AdaptiveSoftmax(4, [1]), 3, "head[2,3]", "projection0[1,3]", "tail0[3,1]") { Outputs = 4 },
    ];

    [TestMethod]
    public void Probabilities_add_up_to_one()
    {
        LayerCase @case = Cases[0];
        using NetworkProbe probe = @case.Probe();
        foreach (double[] step in probe.Forward(@case.Input(rows: 2)).Chunk(@case.Outputs))
            Assert.AreEqual(1, step.Sum(Math.Exp), 1e-12);
    }

    [TestMethod]
    public void With_targets_values_and_gradients_are_those_of_all_tokens()
    {
        foreach (LayerCase @case in Cases)
        {
            using NetworkProbe probe = @case.Probe();
            SequenceBatch input = @case.Input(rows: 3), targets = SequenceBatch.Tokens(3, LayerCase.Steps, @case.Outputs, seed: 4);
            using var scope = NewDisposeScope();
            Tensor places = tensor(targets.Values, [3, LayerCase.Steps, 1]).to(TestDevice.Current),
                x = tensor(input.Values, [3, LayerCase.Steps, @case.Inputs]).to(TestDevice.Current);
            (double[] Values, double[] Gradients) Run(Func<Tensor> forward)
            {
                probe.Network.Parameters.Gradients.zero_();
                Tensor output = forward();
                output.Square().sum().backward();
                return (NetworkProbe.ToArray(output), NetworkProbe.ToArray(probe.Network.Parameters.Gradients));
            }

            var all = Run(() => probe.Network.Forward(x, TorchPass.Scoring).gather(2, places.to_type(ScalarType.Int64)));
            var targeted = Run(() => probe.Network.Forward(x, new TorchPass { Targets = places }));
            Close.AssertEqual(all.Values, targeted.Values, 1e-12, $"{@case}");
            Close.AssertEqual(all.Gradients, targeted.Gradients, 1e-12, $"{@case}: gradients");
        }
    }
}
