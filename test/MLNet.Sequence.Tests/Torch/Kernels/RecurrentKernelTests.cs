using System.Runtime.InteropServices;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Recurrent layers in this library's kernels against libtorch's in double precision.</summary>
[TestClass]
public sealed class RecurrentKernelTests
{
    private static readonly Func<int, Layer>[] Layers =
        [size => new LstmLayer(size), size => new GruLayer(size), size => new RnnLayer(size), size => new RnnLayer(size) { Activation = ActivationKind.Relu }];

    // Sizes around the widths of vectors (4, 8, 16) and of blocks of the products (16, 32, 64); one row, one step, fewer and more rows than
    // are computed together, and more steps than a part of the backward pass has.
    private static readonly (int Size, int Rows, int Steps, int Inputs)[] Shapes =
    [
        (1, 1, 1, 1), (3, 2, 5, 2), (8, 1, 9, 3), (15, 5, 4, 1), (16, 3, 300, 2), (17, 4, 7, 20), (31, 7, 3, 5), (33, 2, 6, 64), (50, 6, 11, 8), (64, 65, 3, 4),
        (100, 3, 8, 100), (128, 32, 20, 8),
    ];

    [TestMethod]
    public void Values_states_and_gradients_are_those_of_libtorch_in_double_precision()
    {
        foreach (Func<int, Layer> layer in Layers)
        {
            foreach ((int size, int rows, int steps, int inputs) in Shapes)
            {
                AssertRight(new RecurrentCase(layer(size), rows, steps, inputs));
                AssertRight(new RecurrentCase(layer(size), rows, steps, inputs) { Continues = true });
            }
        }
    }

    [TestMethod]
    public void Gradients_flow_through_several_layers_and_through_parts_of_a_long_sequence()
    {
        foreach (Func<int, Layer> layer in Layers)
        {
            var deep = new Sequential(layer(20), new Dense(7), layer(9));
            AssertRight(new RecurrentCase(deep, 5, 12, 3));
            AssertRight(new RecurrentCase(deep, 5, 12, 3) { Pass = new TorchPass { Longest = 5 } });
            AssertRight(new RecurrentCase(deep, 2, 60, 3) { Pass = new TorchPass { WarmUp = 4 } });
        }
    }

    [TestMethod]
    public void A_run_repeats_to_the_last_bit_wherever_the_input_begins_in_memory()
    {
        foreach (Func<int, Layer> layer in Layers)
        {
            var one = new RecurrentCase(layer(21), 3, 40, 5);
            using NetworkProbe probe = one.Probe();
            using var scope = NewDisposeScope();
            float[] input = SequenceBatch.Random(3, 40, 5, seed: 1).Floats;
            float[][] runs = [.. Enumerable.Range(0, 4).Select(shift =>
            {
                Tensor memory = from_array(new float[shift].Concat(input).ToArray());
                probe.Network.Parameters.Gradients.zero_();
                Tensor output = probe.Network.Forward(memory.narrow(0, shift, input.Length).view(3, 40, 5), Managed);
                BackwardPass.Run(output.Square().sum());
                return output.contiguous().data<float>().Concat(probe.Network.Parameters.Gradients.data<float>()).ToArray();
            })];
            foreach (float[] run in runs)
                CollectionAssert.AreEqual(runs[0], run, $"{one}");
        }
    }

    [TestMethod]
    public void A_row_has_the_same_outputs_alone_and_among_others()
    {
        foreach (Func<int, Layer> layer in Layers)
        {
            var one = new RecurrentCase(layer(21), 7, 9, 5);
            using NetworkProbe probe = one.Probe();
            using var scope = NewDisposeScope();
            Tensor rows = tensor(SequenceBatch.Random(7, 9, 5, seed: 1).Floats, [7, 9, 5]), together = probe.Network.Forward(rows, Managed);
            for (int row = 0; row < 7; row++)
            {
                Tensor alone = probe.Network.Forward(rows.narrow(0, row, 1), Managed);
                CollectionAssert.AreEqual(NetworkProbe.ToArray(together.narrow(0, row, 1)), NetworkProbe.ToArray(alone), $"{one}, row {row}");
            }
        }
    }

    [TestMethod]
    public void Passes_on_several_threads_at_once_have_the_bits_of_one_alone()
    {
        RecurrentCase[] cases = [.. Layers.Select(layer => new RecurrentCase(layer(24), 6, 30, 4))];
        Dictionary<string, double[]>[] expected = [.. cases.Select(one => one.Run(TrainingKernels.Managed))];
        Parallel.For(0, 48, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            RecurrentCase one = cases[i % cases.Length];
            foreach ((string name, double[] values) in one.Run(TrainingKernels.Managed))
                CollectionAssert.AreEqual(expected[i % cases.Length][name], values, $"{one}, {name}");
            GC.Collect();
        });
    }

    [TestMethod]
    public void A_value_that_is_not_a_number_is_not_hidden()
    {
        foreach (Func<int, Layer> layer in Layers)
        {
            var one = new RecurrentCase(layer(37), 2, 3, 1);
            using NetworkProbe probe = one.Probe();
            using var scope = NewDisposeScope();
            Tensor output = probe.Network.Forward(tensor(new[] { 1, float.NaN, 1, 1, 1, 1 }, [2, 3, 1]), Managed);
            Assert.IsTrue(output[0].narrow(0, 1, 2).isnan().all().item<bool>(), $"{one}");
            Assert.IsFalse(output[1].isnan().any().item<bool>(), $"{one}");
        }
    }

    [TestMethod]
    public void An_exception_in_the_backward_pass_reaches_its_caller()
    {
        var one = new RecurrentCase(new LstmLayer(3), 2, 3, 1);
        using NetworkProbe probe = one.Probe();
        using var scope = NewDisposeScope();
        Tensor loss = probe.Network.Forward(ones(2, 3, 1), Managed).sum();
        using (no_grad())
            probe.Network.Parameters["weight_hh"].zero_();

        var exception = Assert.ThrowsExactly<ExternalException>(() => BackwardPass.Run(loss));

        // libtorch's words for a change in place of what the backward pass needs; not those for a gradient that it refuses.
        Assert.Contains("inplace operation", exception.Message);
    }

    [TestMethod]
    public void Gradients_of_gradients_are_refused()
    {
        var one = new RecurrentCase(new GruLayer(3), 2, 3, 1);
        using NetworkProbe probe = one.Probe();
        using var scope = NewDisposeScope();
        Tensor loss = probe.Network.Forward(ones(2, 3, 1), Managed).sum();
        Assert.ThrowsExactly<NotSupportedException>(() => BackwardPass.Run(() => loss.backward(create_graph: true)));
    }

    private static TorchPass Managed { get; } = new() { Kernels = TrainingKernels.Managed };

    private static void AssertRight(RecurrentCase one)
    {
        Dictionary<string, double[]> expected = one.Run(TrainingKernels.Libtorch, ScalarType.Float64), actual = one.Run(TrainingKernels.Managed);
        CollectionAssert.AreEquivalent(expected.Keys, actual.Keys);
        foreach ((string name, double[] values) in expected)
            Close.AssertEqual(values, actual[name], 1e-5, $"{one}, {name}");
    }
}
