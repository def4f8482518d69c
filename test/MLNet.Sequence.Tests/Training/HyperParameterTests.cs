using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;

namespace MLNet.Sequence.Tests.Training;

/// <summary>
/// Hyper-parameters are doubles that enter the network and libtorch as floats: 0.1 gives the bits that 0.1f gave, when they were floats.
/// </summary>
[TestClass]
public sealed class HyperParameterTests
{
    private static readonly Func<Func<double, double>, TrainingOptions>[] Trainings =
    [
        of => new()
        {
            Optimizer = new Adam { Beta1 = of(0.85), Beta2 = of(0.99), Epsilon = of(1e-7), WeightDecay = of(0.01) },
            Schedule = new OneCycleSchedule { Rise = of(0.45), StartDivisor = of(10.3), FinalDivisor = of(333.3) },
            ClipNorm = of(0.3),
        },
        of => new()
        {
            Optimizer = new AdamW { Beta1 = of(0.85), Beta2 = of(0.99), WeightDecay = of(0.03) },
            Schedule = new CosineSchedule { WarmUp = of(0.1), FinalFactor = of(0.1) },
            ClipValue = of(0.01),
        },
        of => new()
        {
            Optimizer = new RmsProp { Alpha = of(0.95), Epsilon = of(1e-6), WeightDecay = of(0.001) },
            Schedule = new StepSchedule { Epochs = 1, Gamma = of(0.7) },
        },
        of => new()
        {
            Optimizer = new Sgd { Momentum = of(0.9), Nesterov = true, WeightDecay = of(0.007) },
            Schedule = new PlateauSchedule { Gamma = of(0.3), Threshold = of(0.2) },
        },
    ];

    private static readonly Func<Func<double, double>, Architecture>[] Architectures =
    [
        of => new Lstm { HiddenSize = 5, Layers = 2, Dropout = of(0.1), RecurrentDropout = of(0.3), ForgetBias = of(0.7) },
        of => new Tcn { Channels = 5, Dropout = of(0.1), InitialDeviation = of(0.07) },
        of => new Lru { Channels = 5, States = 4, Dropout = of(0.1), MinRadius = of(0.33), MaxRadius = of(0.97), MaxPhase = of(0.3) },
        of => new MinLstm { HiddenSize = 5, ForgetBias = of(0.3), Dropout = of(0.1) },
        of => new ProjectedLstm { HiddenSize = 5, ProjectionSize = 3, ForgetBias = of(0.3), Dropout = of(0.1) },
        of => new ParaLstm { HiddenSize = 5, ForgetBias = of(0.3), Dropout = of(0.1) },
        of => new Transformer { Channels = 4, Heads = 2, Dropout = of(0.1) },
    ];

    [TestMethod]
    public void Options_of_training_give_the_bits_of_floats()
    {
        foreach (Func<Func<double, double>, TrainingOptions> training in Trainings)
        {
            float[] Run(Func<double, double> of) => LoopRun.Run(training(of) with { Epochs = 3, BatchSize = 8, LearningRate = of(0.003) }).Weights;
            float[] exact = Run(value => value), rounded = Run(value => (float)value), other = Run(value => 1.0001 * value);
            CollectionAssert.AreEqual(rounded, exact, training(value => value).ToString());
            CollectionAssert.AreNotEqual(rounded, other);
        }
    }

    [TestMethod]
    public void Architectures_give_the_bits_of_floats()
    {
        foreach (Func<Func<double, double>, Architecture> architecture in Architectures)
        {
            float[] exact = Trained(architecture(value => value)), rounded = Trained(architecture(value => (float)value));
            CollectionAssert.AreEqual(rounded, exact, architecture(value => value).ToString());
        }
    }

    [TestMethod]
    public void A_limit_holds_for_the_float()
    {
        Assert.AreEqual("Dropout must be in [0, 1); found 0.999999999999.", new Gru { Dropout = 1 - 1e-12 }.Problems().Single());
        Assert.AreEqual("ForgetBias must be finite; found 1E+300.", new Lstm { ForgetBias = 1e300 }.Problems().Single());
        string Said(TrainingOptions options) => options.Problems().Single();
        Assert.AreEqual("Training.Beta2 must be in [0, 1); found 0.999999999999.", Said(new() { Optimizer = new Adam { Beta2 = 1 - 1e-12 } }));
        Assert.AreEqual("Training.Epsilon must be above 0; found 1E-50.", Said(new() { Optimizer = new Adam { Epsilon = 1e-50 } }));
        Assert.AreEqual("Training.LearningRate must be above 0; found 1E+300.", Said(new() { LearningRate = 1e300 }));
        // Above 2π is the float that is nearest to it.
        Assert.IsEmpty(new Lru { MaxPhase = Math.Tau }.Problems());
        Assert.IsEmpty(new Lru { MaxPhase = MathF.Tau }.Problems());
        Assert.ContainsSingle(new Lru { MaxPhase = 6.2832 }.Problems());
    }

    private static float[] Trained(Architecture architecture)
    {
        TorchRuntime.EnsureLoaded();
        var layers = new Sequential(architecture.Build(NoisySums.Steps), new LastStep(), new Dense(1));
        Weights first = Initializer.Draw(layers.AllWeights(NoisySums.Features), new RandomStream(LoopRun.Seed));
        using var network = new TorchNetwork(layers, NoisySums.Features, torch.CPU, first);
        using var trainer = new Trainer(network, LoopRun.Job(), new TrainingOptions { Epochs = 2, BatchSize = 8 });
        trainer.Run();
        return LoopRun.Values(network);
    }
}
