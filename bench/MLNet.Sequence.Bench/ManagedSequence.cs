using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// A whole sequence of 128 steps through an LSTM (hidden 128, 8 inputs), batch 1, in plain C#, in ONNX Runtime and through TorchSharp, with
/// one thread, in turn.
/// </summary>
internal static class ManagedSequence
{
    private const int Hidden = 128, Inputs = 8, Steps = 128;

    public static int Run()
    {
        using TorchThreads threads = TorchThreads.Use(1);
        Layer tree = new Lstm { HiddenSize = Hidden }.Build(Steps);
        Weights weights = Initializer.Draw(tree.AllWeights(Inputs), new RandomStream(1));
        var managed = new ManagedNetwork(tree, Inputs, weights);
        using OnnxPeer onnx = OnnxPeer.Whole(tree, Inputs, weights, Steps);
        using var torchNetwork = new TorchNetwork(tree, Inputs, CPU, weights);
        float[] sequence = [.. Enumerable.Range(0, Steps * Inputs).Select(i => MathF.Sin(i * 0.37f))];
        onnx.Feed(sequence);
        Race.Difference("ONNX Runtime", managed.Run(sequence), onnx.Output);
        return Race.Run($"managed-sequence: LSTM hidden {Hidden}, {Inputs} inputs, {Steps} steps, batch 1",
            new Contender("plain C#", 100, () => managed.Run(sequence)),
            new Contender("ONNX Runtime", 100, onnx.Run, Aim: 1),
            new Contender("TorchSharp", 20, () => torchNetwork.Score(sequence, 1)));
    }
}
