using MLNet.Sequence.Layers;
using MLNet.Sequence.Onnx;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>A layer tree as ONNX files in ONNX Runtime, with arrays as input and output.</summary>
internal sealed class OnnxProbe(Layer layer, int inputSize, Weights weights, bool keepsTime = true, int operatorSet = 17) : IDisposable
{
    private readonly Lazy<OnnxSession> _whole = new(() => Open(New(operatorSet), (layer, inputSize, weights), keepsTime, graph => new OnnxPass()));
    private readonly Lazy<OnnxSession> _padded = new(() => Open(New(operatorSet), (layer, inputSize, weights), keepsTime, graph =>
        new OnnxPass { Lengths = graph.Input("Lengths", DataType.Int64, "", "batch") }));
    private readonly Lazy<OnnxSession> _step = new(() => Open(New(operatorSet), (layer, inputSize, weights), false, graph =>
        new OnnxPass { State = new OnnxState(graph) }));

    public double[] Run(SequenceBatch input) =>
        Close.Doubles(_whole.Value.Run(Sequence(input))["Output"].Floats);

    /// <summary>The number of valid steps of each row; the others are padding.</summary>
    public double[] Run(SequenceBatch input, long[] lengths) =>
        Close.Doubles(_padded.Value.Run(Sequence(input), new OnnxTensor("Lengths", lengths, input.Rows))["Output"].Floats);

    public OnnxStream Stream(int rows) => new(_step.Value, rows);

    /// <summary>All rows as streams side by side, from their first step: [Rows, Steps, D].</summary>
    public double[] Steps(SequenceBatch input) => Steps(input, Stream(input.Rows));

    public double[] Steps(SequenceBatch input, OnnxStream stream)
    {
        int width = layer.OutputSize(inputSize);
        var outputs = new double[input.Rows * input.Steps * width];
        for (int step = 0; step < input.Steps; step++)
        {
            float[] values = [.. Enumerable.Range(0, input.Rows).SelectMany(row => input.RowSteps(row)[step]).Select(value => (float)value)];
            float[] output = stream.Step(values)["Output"].Floats;
            for (int i = 0; i < output.Length; i++)
                outputs[(i / width * input.Steps + step) * width + i % width] = output[i];
        }

        return outputs;
    }

    public void Dispose()
    {
        foreach (Lazy<OnnxSession> session in new[] { _whole, _padded, _step })
        {
            if (session.IsValueCreated)
                session.Value.Dispose();
        }
    }

    private static OnnxTensor Sequence(SequenceBatch input) => new("Sequence", input.Floats, input.Rows, input.Steps, input.Channels);

    private static OnnxGraph New(int operatorSet) => new("test") { OperatorSet = operatorSet };

    private static OnnxSession Open(
        OnnxGraph graph, (Layer Layer, int InputSize, Weights Weights) network, bool keepsTime, Func<OnnxGraph, OnnxPass> make)
    {
        (Layer layer, int inputSize, Weights weights) = network;
        OnnxPass pass = make(graph);
        OnnxValue input = pass.State is null
            ? graph.Input("Sequence", DataType.Float, "", "batch", "time", inputSize)
            : graph.Input("Step", DataType.Float, "", "batch", inputSize);
        OnnxValue output = IOnnxLayer.Create(layer, inputSize, "", weights).Apply(input, pass);
        int width = layer.OutputSize(inputSize);
        graph.Output("Output", output, (DataType.Float, "", keepsTime ? ["batch", "time", width] : ["batch", width]));
        pass.State?.WriteOutputs();
        using var file = new MemoryStream();
        new OnnxFile(graph, new Dictionary<string, string>()).Write(file, long.MaxValue);
        return OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
    }
}
