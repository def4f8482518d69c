using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Training;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
public sealed class KernelChoiceTests
{
    private static readonly TorchPass Managed = new() { Kernels = TrainingKernels.Managed };

    [TestMethod]
    public void Kernels_run_where_a_gradient_is_wanted_in_float32_on_a_CPU()
    {
        var one = new RecurrentCase(new LstmLayer(4), 2, 3, 5);
        using NetworkProbe single = one.Probe(), twice = one.Probe(ScalarType.Float64);
        using var scope = NewDisposeScope();
        Tensor input = ones(2, 3, 5);
        Assert.IsTrue(Runs(single, input, Managed));
        Assert.IsFalse(Runs(single, input, TorchPass.Scoring));
        Assert.IsFalse(Runs(twice, input.to(ScalarType.Float64), Managed));
        using (no_grad())
            Assert.IsFalse(Runs(single, input, Managed));
        using (inference_mode())
            Assert.IsFalse(Runs(single, input, Managed));
    }

    [TestMethod]
    public void A_sequence_that_is_too_large_for_a_span_goes_to_libtorch()
    {
        using NetworkProbe probe = new RecurrentCase(new LstmLayer(4), 2, 3, 5).Probe();
        using var scope = NewDisposeScope();
        // The gates of 16 values each are 2³¹ bytes.
        Assert.IsFalse(Runs(probe, zeros(1).expand(1 << 10, 1 << 15, 5), Managed));
        Assert.IsTrue(Runs(probe, zeros(1).expand(1 << 10, 1 << 13, 5), Managed));
    }

    [TestMethod]
    public void A_convolution_that_is_too_large_goes_to_libtorch()
    {
        using var scope = NewDisposeScope();
        Assert.IsTrue(Runs(128, 256, TrainingKernels.ByShape));
        Assert.IsFalse(Runs(256, 256, TrainingKernels.ByShape));
        Assert.IsTrue(Runs(256, 256, TrainingKernels.Managed));
        Assert.IsFalse(Runs(8, 8, TrainingKernels.Libtorch));

        // The zeros before the first step are too many for a span.
        Assert.IsTrue(Runs(8, 8, TrainingKernels.Managed, dilation: 1 << 22));
        Assert.IsFalse(Runs(8, 8, TrainingKernels.Managed, dilation: 1 << 28));

        static bool Runs(int channels, int filters, TrainingKernels kernels, int dilation = 1)
        {
            var shape = new ConvShape(2, 4, channels, 4) { Filters = filters, Taps = 2, Stride = 1, Dilation = dilation };
            return KernelChoice.OfConvolution(zeros(2, 4, channels), shape, new() { Kernels = kernels });
        }
    }

    [TestMethod]
    public void Training_in_kernels_repeats_and_ends_where_libtorchs_ends_up_to_rounding()
    {
        float[] own = Trained(TrainingKernels.Managed), again = Trained(TrainingKernels.Managed), libtorch = Trained(TrainingKernels.Libtorch);
        CollectionAssert.AreEqual(own, again);
        CollectionAssert.AreNotEqual(own, libtorch);
        Close.AssertEqual(Close.Doubles(libtorch), Close.Doubles(own), 1e-4, "weights after training");
    }

    private static float[] Trained(TrainingKernels kernels)
    {
        Layer tree = new Sequential(
            new GruLayer(8), new LstmLayer(6), new MinGruLayer(5), new ParaLstmLayer(4), new LruLayer(4), new CausalConv(5, 2),
            new Activation(ActivationKind.Relu), new LastStep(), new Dense(1));
        Weights first = Initializer.Draw(tree.AllWeights(NoisySums.Features), new RandomStream(4));
        using var network = new TorchNetwork(tree, NoisySums.Features, CPU, first);
        var options = new TrainingOptions { Epochs = 2, Seed = 3, Kernels = kernels, Optimizer = new Sgd(), LearningRate = 0.1f };
        using var trainer = new Trainer(network, LoopRun.Job(examples: 100), options);
        trainer.Run();
        return [.. network.ReadWeights().SelectMany(weight => weight.Values.Items)];
    }

    private static bool Runs(NetworkProbe probe, Tensor input, TorchPass pass) =>
        KernelChoice.Of<LstmKernel>(NativeRecurrence.Weights("", probe.Network.Parameters), input, pass) is not null;
}
