using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Recurrent layers by Newton's method, compared with the same layers step by step.</summary>
[TestClass]
public sealed class NewtonStatesTests
{
    private const int Most = 30;

    // Cells with matrices of at most 16 states have whole Jacobians.
    private static readonly Layer[] Exact =
    [
        new RnnLayer(6), new RnnLayer(6) { Activation = ActivationKind.Relu }, new GruLayer(6), new LstmLayer(6), new ParaGruLayer(20), new ParaLstmLayer(20),
    ];

    private static readonly Layer[] Large = [new RnnLayer(20), new GruLayer(20), new LstmLayer(20)];

    [TestMethod]
    [DataRow(0.5)]
    [DataRow(1.0)]
    public void States_and_gradients_are_those_of_the_layer_step_by_step(double scale)
    {
        foreach (Layer layer in Exact)
            AssertSame(layer, scale, steps: 100);
    }

    [TestMethod]
    public void Also_of_layers_that_do_not_contract()
    {
        foreach (Layer layer in Exact)
        {
            double scale = layer is RnnLayer { Activation: ActivationKind.Relu } ? 2.5 : 5;
            Assert.IsGreaterThan(1.1, SweptRun.Growth(layer, scale, steps: 40), $"{layer}");
            AssertSame(layer, scale, steps: 40);
        }
    }

    [TestMethod]
    public void Large_matrices_converge_if_units_affect_each_other_little()
    {
        foreach (Layer layer in Large)
            AssertSame(layer, 0.15, steps: 100);
    }

    [TestMethod]
    public void The_largest_value_of_states_that_are_not_numbers_is_not_a_number()
    {
        using var scope = NewDisposeScope();
        Tensor numbers = tensor(new[] { 1f, -3f }), broken = tensor(new[] { 1f, float.NaN });
        Assert.AreEqual(3, NewtonStates.Largest([numbers, tensor(new[] { 2f })]));
        Assert.IsTrue(double.IsNaN(NewtonStates.Largest([numbers, broken])));
        Assert.IsTrue(double.IsNaN(NewtonStates.Largest([broken, numbers])));
    }

    [TestMethod]
    public void As_many_iterations_as_steps_are_always_enough()
    {
        const int steps = 25;
        foreach (Layer layer in Exact.Concat(Large).Where(layer => layer is not RnnLayer { Activation: ActivationKind.Relu }))
        {
            foreach (double scale in new[] { 1.0, 8, 30 })
            {
                var tally = new NewtonTally(steps);
                using NetworkProbe probe = SweptRun.Probe(layer, scale);
                SequenceBatch input = SequenceBatch.Random(2, steps, 3, seed: 4);
                double[] solved = probe.Forward(input, new TorchPass { Newton = tally }).Values;
                // A layer that does not contract also makes the rounding of each step larger.
                Close.AssertEqual(probe.Forward(input), solved, 1e-7, $"{layer}, {scale}");
                Assert.AreEqual(0, tally.Take().StepByStep, $"{layer}, {scale}");
            }
        }
    }

    [TestMethod]
    public void Diagonal_cells_need_few_iterations()
    {
        foreach (Layer layer in Exact.Where(layer => layer is ParaGruLayer or ParaLstmLayer))
        {
            var tally = new NewtonTally(Most);
            SweptRun.Of(layer, 1, steps: 500, new TorchPass { Newton = tally });
            NewtonReport report = tally.Take();
            Assert.AreEqual(1, report.Passes);
            Assert.IsLessThanOrEqualTo(7, report.Iterations, $"{layer}");
        }
    }

    [TestMethod]
    public void The_reported_residual_is_that_of_the_output()
    {
        foreach (Layer layer in Exact.Where(layer => layer is not (LstmLayer or ParaLstmLayer)))
        {
            var tally = new NewtonTally(Most);
            using NetworkProbe probe = SweptRun.Probe(layer, 1);
            SequenceBatch input = SequenceBatch.Random(1, 30, 3, seed: 4);
            double[] output = probe.Forward(input, new TorchPass { Newton = tally }).Values;
            double reported = tally.Take().Residual, largest = 0;
            int units = output.Length / 30;
            using var scope = NewDisposeScope();
            for (int step = 1; step < 30; step++)
            {
                using var state = new TorchState();
                state.Put("h", tensor(output[((step - 1) * units)..(step * units)]).view(1, 1, units));
                using Tensor x = tensor(input.RowSteps(0)[step]).view(1, 1, -1);
                using (no_grad())
                    largest = Math.Max(largest, NetworkProbe.ToArray(probe.Network.Forward(x, new TorchPass { State = state }))
                        .Zip(output[(step * units)..], (one, other) => Math.Abs(one - other)).Max());
            }

            // The output is one sweep further than the states whose residual is reported.
            Assert.IsLessThanOrEqualTo(reported * 10 + 1e-15, largest, $"{layer}");
            Assert.IsLessThanOrEqualTo(64 * 2.3e-16, reported, $"{layer}");
        }
    }

    [TestMethod]
    public void What_does_not_converge_is_computed_step_by_step_and_counted()
    {
        foreach (Layer layer in Exact.Concat(Large))
        {
            var tally = new NewtonTally(1);
            SweptRun found = SweptRun.Of(layer, 1, steps: 60, new TorchPass { Newton = tally });
            NewtonReport report = tally.Take();
            Assert.AreEqual((1, 1, 1, 0.0), (report.Passes, report.StepByStep, report.Iterations, report.Residual), $"{layer}");
            SweptRun expected = SweptRun.Of(layer, 1, steps: 60, TorchPass.Scoring);
            CollectionAssert.AreEqual(expected.Output, found.Output, $"{layer}");
            CollectionAssert.AreEqual(expected.Weights, found.Weights, $"{layer}");
        }
    }

    [TestMethod]
    public void Gradients_that_do_not_converge_are_computed_step_by_step_and_counted()
    {
        // Without inputs and biases all states are 0 from the start; the gradients of the biases go through the matrix nevertheless.
        var layer = new RnnLayer(20);
        var weights = new Weights();
        foreach (Weight weight in NetworkProbe.RandomWeights(layer, 1, seed: 5))
            weights.Add(weight.Shape.Length == 1 ? weight with { Values = [.. new float[weight.Values.Length]] } : weight);
        using var probe = new NetworkProbe(layer, 1, weights);
        double[] Gradients(TorchPass pass)
        {
            using var scope = NewDisposeScope();
            probe.Network.Parameters.Gradients.zero_();
            BackwardPass.Run(probe.Network.Forward(zeros(1, 30, 1, ScalarType.Float64, TestDevice.Current), pass).sum());
            return NetworkProbe.ToArray(probe.Network.Parameters.Gradients);
        }

        var tally = new NewtonTally(1);
        Close.AssertEqual(Gradients(TorchPass.Scoring), Gradients(new TorchPass { Newton = tally }), 1e-12, "gradients");
        NewtonReport report = tally.Take();
        Assert.AreEqual((1, 1, 0), (report.Passes, report.StepByStep, report.Iterations));
    }

    [TestMethod]
    public void A_value_that_is_not_a_number_is_not_hidden()
    {
        foreach (Layer layer in Exact.Concat(Large))
        {
            var tally = new NewtonTally(Most);
            using NetworkProbe probe = SweptRun.Probe(layer, 1);
            SequenceBatch input = SequenceBatch.Random(1, 10, 3, seed: 4);
            double[] values = [.. input.Values];
            values[3 * 4] = double.NaN;
            double[] output = probe.Forward(input with { Values = values }, new TorchPass { Newton = tally }).Values;
            Assert.IsTrue(output[^1] is double.NaN, $"{layer}");
            Assert.IsTrue(output[..4].All(double.IsFinite), $"{layer}");
            Assert.AreEqual(1, tally.Take().StepByStep, $"{layer}");
        }
    }

    [TestMethod]
    public void A_carried_state_continues()
    {
        foreach (Layer layer in Exact)
        {
            using NetworkProbe probe = SweptRun.Probe(layer, 1);
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var state = new TorchState();
            Tensor x = tensor(SequenceBatch.Random(2, 90, 3, seed: 7).Values, [2, 90, 3]).to(TestDevice.Current);
            var pass = new TorchPass { State = state, Newton = new NewtonTally(Most) };
            Tensor[] parts = [.. x.split(30, 1).Select(part => probe.Network.Forward(part, pass))];
            Close.AssertEqual(NetworkProbe.ToArray(probe.Network.Forward(x, TorchPass.Scoring)), NetworkProbe.ToArray(cat(parts, 1)), 1e-12, $"{layer}");
            NewtonReport report = pass.Newton.Take();
            Assert.AreEqual((3, 0), (report.Passes, report.StepByStep));
        }
    }

    [TestMethod]
    public void Single_precision_converges_too()
    {
        foreach (Layer layer in Exact)
        {
            var tally = new NewtonTally(Most);
            using NetworkProbe exact = SweptRun.Probe(layer, 1), single = SweptRun.Probe(layer, 1, ScalarType.Float32);
            SequenceBatch input = SequenceBatch.Random(2, 300, 3, seed: 4);
            Close.AssertEqual(exact.Forward(input), single.Forward(input, new TorchPass { Newton = tally }).Values, 1e-5, $"{layer}");
            Assert.AreEqual(0, tally.Take().StepByStep, $"{layer}");
        }
    }

    private static void AssertSame(Layer layer, double scale, int steps)
    {
        var tally = new NewtonTally(Most);
        SweptRun found = SweptRun.Of(layer, scale, steps, new TorchPass { Newton = tally });
        NewtonReport report = tally.Take();
        Assert.AreEqual((1, 0), (report.Passes, report.StepByStep), $"{layer}, {scale}: {report.Iterations} iterations");
        found.AssertIs(SweptRun.Of(layer, scale, steps, TorchPass.Scoring), 1e-9, $"{layer}, {scale}");
    }
}
