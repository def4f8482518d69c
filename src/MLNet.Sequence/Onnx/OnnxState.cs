using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>
/// The state of streams as inputs and outputs of a graph that computes one step, zeros at the start of each stream: inputs
/// <c>state_…</c>, and outputs <c>next_…</c>, which are these inputs in the next step.
/// </summary>
internal sealed class OnnxState(OnnxGraph graph)
{
    private const string Before = "state_", After = "next_";

    private readonly List<(string Input, OnnxValue Before, DataType Type, object[] Shape)> _taken = [];
    private readonly Dictionary<OnnxValue, OnnxValue> _next = [];
    private readonly Dictionary<OnnxValue, OnnxValue> _queues = [];
    private OnnxValue? _time;
    private (OnnxState Of, int Streams)? _turns;

    /// <summary>The input of a step, [B, …]: states must have the same number of rows. Null: not checked.</summary>
    public OnnxValue? Step { get; init; }

    /// <summary>Steps before this one, int64 [B].</summary>
    public OnnxValue Time => _time ??= _turns is { } turns ? turns.Of.Time.Op("Div", graph.Scalar(turns.Streams)) : Count();

    /// <summary>
    /// The states of several streams that are used in turn, one stream per step. The waiting states are in a queue, the next one first.
    /// </summary>
    public OnnxState InTurn(int streams) => new(graph) { _turns = (this, streams) };

    /// <summary>The previous value of a state, float32 [B, …shape].</summary>
    /// <param name="name">The path of its layer and its own name.</param>
    /// <param name="shape">Its shape without the rows.</param>
    public OnnxValue Take(string name, params int[] shape)
    {
        if (_turns is not { } turns)
            return Take(name, (DataType.Float, "zeros at the start of a stream"), ["batch", .. shape.Cast<object>()]);
        OnnxValue queue = turns.Of.Take(name, [turns.Streams, .. shape]), first = queue.Slice(1, 0, 1).Squeeze(1);
        _queues.Add(first, queue);
        return first;
    }

    /// <summary>Sets the next value of a state.</summary>
    public void Put(OnnxValue taken, OnnxValue next)
    {
        if (_turns is not { } turns)
            _next.Add(taken, next);
        else
            turns.Of.Put(_queues[taken], _queues[taken].Slice(1, 1).Concat(1, next.Unsqueeze(1)));
    }

    /// <summary>The last <paramref name="steps"/> steps and the current one, [B, C] to [B, steps + 1, C]; zeros before the first.</summary>
    public OnnxValue Window(string name, OnnxValue step, int steps, int channels)
    {
        OnnxValue last = Take(name, steps, channels), window = last.Concat(1, step.Unsqueeze(1));
        Put(last, window.Slice(1, 1));
        return window;
    }

    /// <summary>Writes the next values of the states as outputs.</summary>
    public void WriteOutputs()
    {
        foreach ((string input, OnnxValue before, DataType type, object[] shape) in _taken)
            graph.Output(After + input[Before.Length..], _next[before], (type, $"{input} of the next step", shape));
    }

    private OnnxValue Count()
    {
        OnnxValue time = Take("time", (DataType.Int64, "steps so far: 0 at the start of a stream"), ["batch"]);
        Put(time, time + 1);
        return time;
    }

    private OnnxValue Take(string name, (DataType Type, string Description) what, object[] shape)
    {
        OnnxValue input = graph.Input(Before + name, what.Type, what.Description, shape), before = input;
        // A different number of rows would be broadcast to the rows of the step, or give no rows.
        if (Step is { } step)
            before = input.Op("Reshape", shape.Length == 1 ? step.Size(0) : step.Size(0)
                .Concat(0, graph.Constant([.. shape.Skip(1).Select(size => Convert.ToInt64(size, null))])));
        _taken.Add((input.Name, before, what.Type, shape));
        return before;
    }
}
