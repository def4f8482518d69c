using Microsoft.ML.OnnxRuntime;

namespace MLNet.Sequence.Samples.Onnx;

/// <summary>Parallel streams through a model of one step: its output next_… is the input state_… of the next step.</summary>
internal sealed class OnnxStream
{
    private const string Before = "state_", After = "next_";

    private readonly OnnxSession _session;
    private readonly int _rows;
    private OnnxTensor[] _state;

    /// <param name="session">A model of one step.</param>
    /// <param name="rows">The number of streams.</param>
    public OnnxStream(OnnxSession session, int rows)
    {
        (_session, _rows) = (session, rows);
        _state = [.. session.Inputs.Where(input => IsState(input.Key)).Select(input => Zeros(input.Key, input.Value))];
    }

    private OnnxStream(OnnxStream other) => (_session, _rows, _state) = (other._session, other._rows, other._state);

    /// <summary>A copy of the streams at the same step.</summary>
    public OnnxStream Copy() => new(this);

    /// <summary>Feeds the next step of every stream, [rows, features], and returns all outputs of the model.</summary>
    public Dictionary<string, OnnxTensor> Step(float[] step) => Step(new OnnxTensor("Step", step, _rows, step.Length / _rows));

    /// <summary>The next step of every stream as the model's input <c>Step</c>, with the model's other inputs for this step.</summary>
    public Dictionary<string, OnnxTensor> Step(params OnnxTensor[] inputs)
    {
        Dictionary<string, OnnxTensor> outputs = _session.Run([.. inputs, .. _state]);
        _state = [.. _state.Select(state => outputs[After + state.Name[Before.Length..]] with { Name = state.Name })];
        return outputs;
    }

    private static bool IsState(string name) => name.StartsWith(Before, StringComparison.Ordinal);

    private OnnxTensor Zeros(string name, NodeMetadata what)
    {
        long[] shape = [.. what.Dimensions.Select(size => size < 0 ? _rows : (long)size)];
        long count = shape.Aggregate(1L, (product, size) => product * size);
        return new OnnxTensor(name, what.ElementType == typeof(long) ? new long[count] : new float[count], shape);
    }
}
