using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>One step of an LSTM (hidden 128, 8 inputs) in plain C#, in ONNX Runtime and through TorchSharp, with one thread, in
/// turn.</summary>
internal static class ManagedStep
{
    private const int Hidden = 128, Inputs = 8;

    public static int Run()
    {
        using TorchThreads threads = TorchThreads.Use(1);
        Layer tree = new Lstm { HiddenSize = Hidden }.Build(1);
        Weights weights = Initializer.Draw(tree.AllWeights(Inputs), new RandomStream(1));
        var managed = new ManagedNetwork(tree, Inputs, weights);
        using OnnxPeer onnx = OnnxPeer.Step(tree, Inputs, weights);
        float[] sequence = [.. Enumerable.Range(0, 40 * Inputs).Select(i => MathF.Sin(i * 0.37f))];
        float[] input = sequence[..Inputs], output = new float[Hidden], state = new float[managed.StateSize];
        for (int i = 0; i < sequence.Length; i += Inputs)
            managed.Step(sequence.AsSpan(i, Inputs), output, state);
        onnx.Feed(sequence);
        Race.Difference("ONNX Runtime", output, onnx.Output);

        using var lstm = nn.LSTM(Inputs, Hidden, batchFirst: true);
        using var noGrad = no_grad();
        using Tensor x = zeros(1, 1, Inputs), h = zeros(1, 1, Hidden), c = zeros(1, 1, Hidden);
        return Race.Run($"managed-step: LSTM hidden {Hidden}, {Inputs} inputs",
            new Contender("plain C#", () => managed.Step(input, output, state)),
            new Contender("ONNX Runtime", onnx.Run, Aim: 4),
            new Contender("TorchSharp", () => TorchStep(lstm, x, (h, c)), Aim: 12));
    }

    private static void TorchStep(TorchSharp.Modules.LSTM lstm, Tensor x, (Tensor, Tensor) state)
    {
        using var scope = NewDisposeScope();
        lstm.call(x, state);
    }
}
