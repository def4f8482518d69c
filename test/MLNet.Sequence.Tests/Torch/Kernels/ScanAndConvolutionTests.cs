using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>
/// The kernels of scans and convolutions in single precision, compared with libtorch's operations in double precision, which finite
/// differences check in the tests of the layers. The sizes are around those of vectors, tiles and panels.
/// </summary>
[TestClass]
public sealed class ScanAndConvolutionTests
{
    private static readonly TorchPass Own = new() { Kernels = TrainingKernels.ByShape };

    // 8 and 16 values make a vector, 8 rows a tile, 32 columns a panel.
    private static readonly int[] Widths = [1, 7, 16, 20, 33];

    private static readonly int[] Lengths = [1, 3, 8, 13, 40];

    [TestMethod]
    [DynamicData(nameof(Scans))]
    public void Scans_have_the_values_and_gradients_of_double_precision(string name)
    {
        foreach (int width in Widths)
        {
            foreach (int steps in Lengths)
                AssertAsInDoublePrecision(Scan(name, width), SequenceBatch.Random(3, steps, 5, seed: 1), $"{name}, {width} channels, {steps} steps");
        }
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 1)]
    [DataRow(3, 4)]
    [DataRow(3, 16)]
    [DataRow(5, 3)]
    public void Convolutions_have_the_values_and_gradients_of_double_precision(int taps, int dilation)
    {
        foreach (int filters in Widths)
        {
            foreach (int channels in Widths)
            {
                foreach (int steps in Lengths)
                {
                    foreach (bool normalized in new[] { false, true })
                    {
                        var convolution = new CausalConv(filters, taps, dilation) { WeightNormalized = normalized };
                        // Two of them: what a convolution gives to its input must be right too.
                        var layers = new Sequential(new CausalConv(channels, 1), convolution);
                        AssertAsInDoublePrecision(layers, SequenceBatch.Random(2, steps, 4, seed: 2), $"{convolution}, {channels} channels, {steps} steps");
                    }
                }
            }
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Rectified_convolutions_have_the_values_and_gradients_of_double_precision(bool dropout)
    {
        Layer[] drop = dropout ? [new Dropout(0.3)] : [];
        var rectified = new Sequential([new CausalConv(24, 3, 2) { WeightNormalized = true }, new Activation(ActivationKind.Relu), .. drop]);
        foreach (int steps in new[] { 9, 40, 96 })
        {
            SequenceBatch input = SequenceBatch.Random(3, steps, 5, seed: 3);
            AssertAsInDoublePrecision(new Sequential(rectified, rectified), input, $"{steps} steps, all", masks: 4);
            AssertAsInDoublePrecision(new Sequential(rectified, rectified, new LastStep()), input, $"{steps} steps, the last", masks: 4);
        }
    }

    [TestMethod]
    public void The_steps_that_the_last_one_reads_have_the_gradients_of_double_precision()
    {
        foreach (int steps in new[] { 20, 64, 200 })
        {
            Layer tree = new Sequential(new Tcn { Channels = 16, Levels = 5 }.Build(steps), new LastStep(), new Dense(2));
            AssertAsInDoublePrecision(tree, SequenceBatch.Random(3, steps, 4, seed: 4), $"TCN, {steps} steps");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Scans))]
    public void A_carried_state_continues_a_scan(string name)
    {
        Layer layer = Scan(name, 20);
        SequenceBatch input = SequenceBatch.Random(2, 30, 4, seed: 7);
        using var probe = new NetworkProbe(layer, 4, NetworkProbe.RandomWeights(layer, 4, seed: 5), ScalarType.Float32);
        using var scope = NewDisposeScope();
        using var state = new TorchState();
        Tensor x = tensor(input.Floats, [2, 30, 4]);
        Tensor whole = probe.Network.Forward(x, Own);
        Tensor[] parts = [.. x.split(10, 1).Select(part => probe.Network.Forward(part, Own with { State = state }))];
        CollectionAssert.AreEqual(NetworkProbe.ToArray(whole), NetworkProbe.ToArray(cat(parts, 1)));
    }

    [TestMethod]
    public void Saturated_gates_have_the_values_and_gradients_of_double_precision()
    {
        foreach (string name in new[] { "minGRU", "minLSTM", "ParaGRU", "ParaLSTM" })
        {
            SequenceBatch input = SequenceBatch.Random(2, 9, 4, seed: 8);
            double[] values = [.. input.Values.Select(value => (double)(float)(100 * value))];
            AssertAsInDoublePrecision(Scan(name, 20), input with { Values = values }, name);
        }
    }

    [TestMethod]
    public void A_candidate_at_zero_has_the_slope_of_libtorch()
    {
        using var threads = TorchThreads.Use(1);
        using var scope = NewDisposeScope();
        Tensor own = zeros(1, 1, 2).requires_grad_(true), composed = zeros(1, 1, 2, ScalarType.Float64).requires_grad_(true);
        TorchMinimalCell.Run<MinGruGates>(own, parts => parts[0].neg(), "h", Own).sum().backward();
        TorchMinimalCell.Run<MinGruGates>(composed, parts => parts[0].neg(), "h", Own).sum().backward();
        CollectionAssert.AreEqual(NetworkProbe.ToArray(composed.grad!), NetworkProbe.ToArray(own.grad!));
    }

    [TestMethod]
    public void A_value_that_is_not_a_number_is_not_hidden()
    {
        Layer[] layers = [.. Scans.Select(scan => Scan((string)scan[0], 20)),
            new Sequential(new CausalConv(20, 3, 2) { WeightNormalized = true }, new Activation(ActivationKind.Relu))];
        foreach (Layer layer in layers)
        {
            using NetworkProbe probe = NetworkProbe.InFloat32(layer, 1, NetworkProbe.RandomWeights(layer, 1, seed: 5));
            using var scope = NewDisposeScope();
            Tensor output = probe.Network.Forward(tensor(new[] { 1, float.NaN, 1, 1, 1, 1 }, [2, 3, 1]), Own);
            Assert.IsTrue(output[0].narrow(0, 1, 1).isnan().all().item<bool>(), $"{layer}");
            Assert.IsFalse(output[1].isnan().any().item<bool>(), $"{layer}");
        }
    }

    [TestMethod]
    public void Several_threads_at_once_get_the_bits_of_one()
    {
        Layer tree = Everything();
        Weights weights = NetworkProbe.RandomWeights(tree, 4, seed: 5);
        double[][] alone = [.. Enumerable.Range(0, 8).Select(seed => Gradient(tree, weights, seed))];
        double[][] together = new double[alone.Length][];
        Thread[] threads = [.. Enumerable.Range(0, alone.Length).Select(seed => new Thread(() =>
        {
            for (int i = 0; i < 10; i++)
                together[seed] = Gradient(tree, weights, seed);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        while (!Array.TrueForAll(threads, thread => thread.Join(TimeSpan.FromMilliseconds(1))))
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        for (int seed = 0; seed < alone.Length; seed++)
            CollectionAssert.AreEqual(alone[seed], together[seed], $"thread {seed}");
    }

    private static double[] Gradient(Layer tree, Weights weights, int seed)
    {
        using NetworkProbe probe = NetworkProbe.InFloat32(tree, 4, weights);
        using var scope = NewDisposeScope();
        Tensor y = probe.Network.Forward(tensor(SequenceBatch.Random(2, 40, 4, seed).Floats, [2, 40, 4]), Own);
        BackwardPass.Run((y * y).sum());
        return NetworkProbe.ToArray(probe.Network.Parameters.Gradients);
    }

    private static Sequential Everything() => new(
        new CausalConv(16, 3, 2) { WeightNormalized = true }, new Activation(ActivationKind.Relu), new MinGruLayer(20), new MinLstmLayer(12),
        new ParaGruLayer(20), new ParaLstmLayer(12), new LruLayer(12));

    private static IEnumerable<object[]> Scans => [["minGRU"], ["minLSTM"], ["ParaGRU"], ["ParaLSTM"], ["LRU"]];

    private static Layer Scan(string name, int width) => name switch
    {
        "minGRU" => new MinGruLayer(width),
        "minLSTM" => new MinLstmLayer(width),
        "ParaGRU" => new ParaGruLayer(width),
        "ParaLSTM" => new ParaLstmLayer(width),
        _ => new LruLayer(width),
    };

    private static void AssertAsInDoublePrecision(Layer layer, SequenceBatch input, string what, int? masks = null)
    {
        Weights weights = NetworkProbe.RandomWeights(layer, input.Channels, seed: 5);
        double[][] expected = Run(ScalarType.Float64), found = Run(ScalarType.Float32);
        Close.AssertEqual(expected[0], found[0], 1e-5, $"{what}: values");
        Close.AssertEqual(expected[1], found[1], 1e-5, $"{what}: gradients of the weights");
        Close.AssertEqual(expected[2], found[2], 1e-5, $"{what}: gradients of the input");

        double[][] Run(ScalarType type)
        {
            using var probe = new NetworkProbe(layer, input.Channels, weights, type);
            using var scope = NewDisposeScope();
            Tensor x = tensor(input.Values, [input.Rows, input.Steps, input.Channels]).to(type, TestDevice.Current).requires_grad_(true);
            Tensor y = probe.Network.Forward(x, Own with { Dropout = masks is { } seed ? new DropoutMasks(seed) : null });
            Tensor factors = tensor(SequenceBatch.Random(1, (int)y.numel(), 1, seed: 6).Values).view(y.shape).to(type, TestDevice.Current);
            probe.Network.Parameters.Gradients.zero_();
            (y * factors).sum().backward();
            return [NetworkProbe.ToArray(y), NetworkProbe.ToArray(probe.Network.Parameters.Gradients), NetworkProbe.ToArray(x.grad!)];
        }
    }
}
