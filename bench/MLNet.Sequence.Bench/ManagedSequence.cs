using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Sequences of 128 steps through an LSTM (hidden 128, 8 inputs), one alone and 64 together, in plain C#, in ONNX Runtime and through
/// TorchSharp, in turn. All use the cores that the process may use; TorchSharp uses one thread, with which it is faster.
/// </summary>
internal static class ManagedSequence
{
    private const int Hidden = 128, Inputs = 8, Steps = 128, Batch = 64;

    public static int Run() => Math.Max(Run(1, aim: 1.3), Run(Batch, aim: 1));

    private static int Run(int batch, double aim)
    {
        using TorchThreads threads = TorchThreads.Use(1);
        Layer tree = new Lstm { HiddenSize = Hidden }.Build(Steps);
        Weights weights = Initializer.Draw(tree.AllWeights(Inputs), new RandomStream(1));
        var managed = new ManagedNetwork(tree, Inputs, weights);
        using OnnxPeer onnx = OnnxPeer.Whole(tree, weights, [batch, Steps, Inputs], Environment.ProcessorCount);
        using var torchNetwork = new TorchNetwork(tree, Inputs, CPU, weights);
        float[] sequences = [.. Enumerable.Range(0, batch * Steps * Inputs).Select(i => MathF.Sin(i * 0.37f))];
        onnx.Feed(sequences);
        Race.Difference("ONNX Runtime", managed.Score(sequences, batch), onnx.Output);
        return Race.Run($"managed-sequence: LSTM hidden {Hidden}, {Inputs} inputs, {Steps} steps, batch {batch}",
            new Contender("plain C#", () => managed.Score(sequences, batch)),
            new Contender("ONNX Runtime", onnx.Run, aim),
            new Contender("TorchSharp", () => torchNetwork.Score(sequences, batch)));
    }
}
