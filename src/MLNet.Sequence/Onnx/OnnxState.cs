using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>
/// The state of streams as inputs and outputs of a graph that computes one step, zeros at the start of each stream: inputs
/// <c>state_…</c>, and outputs <c>next_…</c> that take their place in the next step.
/// </summary>
internal sealed class OnnxState(OnnxGraph graph)
{
    private const string Before = "state_", After = "next_";

    private readonly List<(OnnxValue Before, DataType Type, object[] Shape)> _taken = [];
    private readonly Dictionary<OnnxValue, OnnxValue> _next = [];
    private OnnxValue? _time;

    /// <summary>Steps before this one, int64 [B].</summary>
    public OnnxValue Time => _time ??= Count();

    /// <summary>A state as it was, float32 [B, …shape].</summary>
    /// <param name="name">The path of its layer and its own name.</param>
    /// <param name="shape">Its shape without the rows.</param>
    public OnnxValue Take(string name, params int[] shape) =>
        Take(name, (DataType.Float, "zeros at the start of a stream"), ["batch", .. shape.Cast<object>()]);

    /// <summary>What a state that was taken becomes.</summary>
    public void Put(OnnxValue taken, OnnxValue next) => _next.Add(taken, next);

    /// <summary>The last <paramref name="steps"/> steps and this one, [B, C] to [B, steps + 1, C]; zeros before the first.</summary>
    public OnnxValue Window(string name, OnnxValue step, int steps, int channels)
    {
        OnnxValue last = Take(name, steps, channels), window = last.Concat(1, step.Unsqueeze(1));
        Put(last, window.Slice(1, 1));
        return window;
    }

    /// <summary>Makes outputs of what the states become.</summary>
    public void WriteOutputs()
    {
        foreach ((OnnxValue before, DataType type, object[] shape) in _taken)
            graph.Output(After + before.Name[Before.Length..], _next[before], (type, $"{before.Name} of the next step", shape));
    }

    private OnnxValue Count()
    {
        OnnxValue time = Take("time", (DataType.Int64, "steps so far: 0 at the start of a stream"), ["batch"]);
        Put(time, time + 1);
        return time;
    }

    private OnnxValue Take(string name, (DataType Type, string Description) what, object[] shape)
    {
        OnnxValue before = graph.Input(Before + name, what.Type, what.Description, shape);
        _taken.Add((before, what.Type, shape));
        return before;
    }
}
