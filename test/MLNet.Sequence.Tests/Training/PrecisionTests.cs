using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Runs a test where libtorch finds a CUDA device; elsewhere it is reported as skipped, with this reason.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class CudaConditionAttribute : ConditionBaseAttribute
{
    public CudaConditionAttribute() : base(ConditionMode.Include) => IgnoreMessage = "needs a CUDA device";

    public override bool IsConditionMet
    {
        get
        {
            TorchRuntime.EnsureLoaded();
            return cuda.is_available();
        }
    }

    public override string GroupName => "CUDA";
}

[TestClass]
public sealed class PrecisionTests
{
    [TestMethod]
    public void Products_in_bfloat16_differ_by_its_rounding_and_leave_float32_weights_and_gradients()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        Layer tree = new Sequential(new Tcn { Channels = 8, Levels = 2 }.Build(16), new Dense(3));
        using var network = new TorchNetwork(tree, 2, CPU, Initializer.Draw(tree.AllWeights(2), new RandomStream(4)));
        Tensor input = from_array(Enumerable.Range(0, 64).Select(i => MathF.Sin(i)).ToArray()).view(2, 16, 2);

        Tensor full = network.Forward(input, TorchPass.Scoring);
        Tensor half = network.Forward(input, new TorchPass { MatrixType = ScalarType.BFloat16 });
        half.sum().backward();

        float difference = (full - half).abs().max().item<float>(), largest = full.abs().max().item<float>();
        Assert.AreEqual(ScalarType.Float32, half.dtype);
        Assert.IsGreaterThan(0f, difference);
        // bfloat16 keeps 8 bits; each of five consecutive products may lose half of the last bit.
        Assert.IsLessThan(5 * largest / 256, difference);
        Assert.IsGreaterThan(0f, network.Parameters.Gradients.abs().sum().item<float>());
        Assert.AreEqual(ScalarType.Float32, network.Parameters.Gradients.dtype);
    }

    [TestMethod]
    [CudaCondition]
    public void Training_in_bfloat16_on_a_CUDA_device_learns_with_float32_weights()
    {
        Layer tree = new Sequential(new Tcn { Channels = 8, Levels = 2 }.Build(NoisySums.Steps), new LastStep(), new Dense(1));
        Weights first = Initializer.Draw(tree.AllWeights(NoisySums.Features), new RandomStream(4));
        using var network = new TorchNetwork(tree, NoisySums.Features, CUDA, first);
        using var trainer = new Trainer(network, LoopRun.Job(examples: 200),
            new TrainingOptions { Epochs = 30, LearningRate = 0.01, Precision = Precision.BFloat16 });
        var report = trainer.Run();

        Assert.IsLessThan(report.Epochs[0].Loss / 2, report.Epochs[^1].Loss);
        Assert.AreEqual(ScalarType.Float32, network.Parameters.Values.dtype);
    }
}
