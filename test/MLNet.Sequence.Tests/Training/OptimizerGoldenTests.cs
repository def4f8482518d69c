using System.Text.Json;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Goldens;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Ten steps on given gradients, with weight decay only on the matrix, against PyTorch's optimisers.</summary>
[TestClass]
public sealed class OptimizerGoldenTests
{
    [TestMethod]
    public void Adam_is_PyTorchs() => AssertEqual("adam", new Adam { WeightDecay = 0.1 }, rate: 0.05);

    [TestMethod]
    public void AdamW_is_PyTorchs() => AssertEqual("adamW", new AdamW { WeightDecay = 0.1 }, rate: 0.05);

    [TestMethod]
    public void Gradient_descent_is_PyTorchs() => AssertEqual("sgd", new Sgd { WeightDecay = 0.1 }, rate: 0.05);

    [TestMethod]
    public void Momentum_is_PyTorchs() => AssertEqual("momentum", new Sgd { WeightDecay = 0.1, Momentum = 0.9 }, rate: 0.05);

    [TestMethod]
    public void Nesterovs_momentum_is_PyTorchs() =>
        AssertEqual("nesterov", new Sgd { WeightDecay = 0.1, Momentum = 0.9, Nesterov = true }, rate: 0.05);

    [TestMethod]
    public void RmsProp_is_PyTorchs() => AssertEqual("rmsProp", new RmsProp { WeightDecay = 0.1 }, rate: 0.01);

    // In double precision, the only difference is in the settings, which enter as floats here and are doubles in PyTorch: 6e-8 of each.
    private static void AssertEqual(string name, Optimizer optimizer, double rate)
    {
        using Golden golden = Golden.Read("optimizers");
        Device cpu = TorchDevice.Resolve(null, fallbackToCpu: false, out _);
        WeightSpec[] specs =
        [
            new("bias", [3], new Initializer.Constant(0), Decays: false),
            new("matrix", [3, 4], new Initializer.Constant(0), Decays: true),
        ];
        var start = new Weights();
        foreach (WeightSpec spec in specs)
            start.Add(Golden.ToWeight(spec.Name, golden.Root.GetProperty(spec.Name)));
        using var parameters = new TorchParameters(specs, cpu, ScalarType.Float64);
        parameters.Load(start);
        using OptimizerState state = optimizer.Start(parameters);
        JsonElement gradients = golden.Root.GetProperty("gradients"), steps = golden.Root.GetProperty("steps").GetProperty(name);
        Assert.AreEqual(10, steps.GetArrayLength());
        for (int i = 0; i < steps.GetArrayLength(); i++)
        {
            SetGradients(parameters, gradients[i]);
            state.Step(rate);
            foreach (WeightSpec spec in specs)
            {
                double[] found = Tests.Torch.NetworkProbe.ToArray(parameters[spec.Name]);
                Close.AssertEqual(Golden.Values(steps[i].GetProperty(spec.Name)), found, 1e-6, $"{spec.Name} after step {i + 1}");
            }
        }
    }

    private static void SetGradients(TorchParameters parameters, JsonElement gradients)
    {
        using var scope = NewDisposeScope();
        foreach (JsonProperty gradient in gradients.EnumerateObject())
            parameters[gradient.Name].grad!.copy_(tensor(Golden.Values(gradient.Value)).view(parameters[gradient.Name].shape));
    }
}
