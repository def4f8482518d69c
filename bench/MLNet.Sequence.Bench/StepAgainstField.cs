using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// The next output of a convolutional network: one step in plain C# with a kept state, compared with running its whole receptive field
/// through ONNX Runtime and libtorch. One thread, in turn, the same weights.
/// </summary>
internal sealed class StepAgainstField(string name, Architecture architecture, int inputs)
{
    /// <summary>Prints all times. Exit code 0 if the median speed-up of the step reaches the aims.</summary>
    public int Run(double? onnxAim = null, double? torchAim = null)
    {
        using TorchThreads threads = TorchThreads.Use(1);
        Layer tree = architecture.Build(1);
        int field = tree.ReceptiveField!.Value;
        Weights weights = Initializer.Draw(tree.AllWeights(inputs), new RandomStream(1));
        var managed = new ManagedNetwork(tree, inputs, weights);
        using OnnxPeer onnx = OnnxPeer.Whole(tree, weights, [1, field, inputs], threads: 1);
        using var torchNetwork = new TorchNetwork(tree, inputs, CPU, weights);
        float[] window = [.. Enumerable.Range(0, field * inputs).Select(i => MathF.Sin(i * 0.37f))];
        float[] state = Fed(managed, window, out float[] output);
        onnx.Feed(window);
        Race.Difference("ONNX Runtime", output, onnx.Output);
        Race.Difference("TorchSharp", output, torchNetwork.Score(window, 1));
        return Race.Run($"{name}: {architecture.Name}, {inputs} inputs, receptive field {field}",
            new Contender("step in plain C#", () => managed.Step(window.AsSpan(0, inputs), output, state)),
            new Contender("receptive field in ONNX Runtime", onnx.Run, onnxAim),
            new Contender("receptive field in TorchSharp", () => torchNetwork.Score(window, 1), torchAim));
    }

    private float[] Fed(ManagedNetwork network, float[] window, out float[] output)
    {
        var state = new float[network.StateSize];
        output = new float[network.OutputSize];
        for (int i = 0; i < window.Length; i += inputs)
            network.Step(window.AsSpan(i, inputs), output, state);
        return state;
    }
}
