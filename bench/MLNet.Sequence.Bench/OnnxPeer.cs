using Microsoft.ML.OnnxRuntime;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Onnx;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Bench;

/// <summary>
/// A layer tree in ONNX Runtime, in the form that the library writes. Tensors are bound beforehand, and states are swapped
/// between steps, so that a run is almost only the computation.
/// </summary>
internal sealed class OnnxPeer : IDisposable
{
    private const string Before = "state_", After = "next_";

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtIoBinding[] _turns;
    private int _turn;

    private OnnxPeer(byte[] model, long[] inputShape, long[] outputShape, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        _session = new InferenceSession(model, options);
        (Input, Output) = (new float[Count(inputShape)], new float[Count(outputShape)]);
        _turns = [_session.CreateIoBinding(), _session.CreateIoBinding()];
        foreach (OrtIoBinding binding in _turns)
        {
            binding.BindInput("Input", OrtValue.CreateTensorValueFromMemory(Input, inputShape));
            binding.BindOutput("Output", OrtValue.CreateTensorValueFromMemory(Output, outputShape));
        }

        foreach (string name in _session.InputNames.Where(name => name.StartsWith(Before, StringComparison.Ordinal)))
        {
            long[] shape = [.. _session.InputMetadata[name].Dimensions.Select(size => Math.Max(1L, size))];
            OrtValue one = OrtValue.CreateTensorValueFromMemory(new float[Count(shape)], shape),
                other = OrtValue.CreateTensorValueFromMemory(new float[Count(shape)], shape);
            foreach ((OrtIoBinding binding, OrtValue from, OrtValue to) in new[] { (_turns[0], one, other), (_turns[1], other, one) })
            {
                binding.BindInput(name, from);
                binding.BindOutput(After + name[Before.Length..], to);
            }
        }
    }

    /// <summary>The input of the next run.</summary>
    public float[] Input { get; }

    /// <summary>The output of the last run.</summary>
    public float[] Output { get; }

    /// <summary>One step of one stream, with one thread.</summary>
    public static OnnxPeer Step(Layer tree, int inputs, Weights weights) =>
        Make(tree, weights, graph => new OnnxPass { State = new OnnxState(graph) }, [1, inputs], threads: 1);

    /// <summary>Whole sequences.</summary>
    /// <param name="tree">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="shape">The sequences, their steps and their channels.</param>
    /// <param name="threads">The number of threads, also the calling one.</param>
    public static OnnxPeer Whole(Layer tree, Weights weights, long[] shape, int threads) => Make(tree, weights, _ => new OnnxPass(), shape, threads);

    public void Run() => _session.RunWithBinding(_options, _turns[_turn ^= 1]);

    /// <summary>The steps one by one, or all at once.</summary>
    public void Feed(float[] sequence)
    {
        foreach (float[] input in sequence.Chunk(Input.Length))
        {
            input.CopyTo(Input, 0);
            Run();
        }
    }

    public void Dispose()
    {
        foreach (OrtIoBinding binding in _turns)
            binding.Dispose();
        _options.Dispose();
        _session.Dispose();
    }

    private static OnnxPeer Make(Layer tree, Weights weights, Func<OnnxGraph, OnnxPass> form, long[] shape, int threads)
    {
        var graph = new OnnxGraph("peer");
        int inputs = (int)shape[^1], outputs = tree.OutputSize(inputs);
        OnnxPass pass = form(graph);
        OnnxValue input = graph.Input("Input", DataType.Float, "", [.. shape[..^1].Select((_, i) => (object)(i == 0 ? "batch" : "time")), inputs]);
        OnnxValue output = IOnnxLayer.Create(tree, inputs, "", weights).Apply(input, pass);
        graph.Output("Output", output, (DataType.Float, "", [.. shape[..^1].Select((_, i) => (object)(i == 0 ? "batch" : "time")), outputs]));
        pass.State?.WriteOutputs();
        using var file = new MemoryStream();
        new OnnxFile(graph, new Dictionary<string, string>()).Write(file, long.MaxValue);
        return new OnnxPeer(file.ToArray(), shape, [.. shape[..^1], outputs], threads);
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);
}
