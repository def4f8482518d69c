using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>
/// All windows of all rows as one batch, [B·T, n, C]. A window at the start of the sequence has fewer steps; the steps after them have no
/// effect on them, since the inner layer is causal. The state is the last window and the time.
/// </summary>
internal sealed class OnnxWindowed(Windowed layer, int inputSize, IOnnxLayer inner, string path) : IOnnxLayer
{
    // Every window starts from zeros.
    private static readonly OnnxPass Own = new();

    private readonly int _steps = layer.Steps, _outputs = layer.OutputSize(inputSize);

    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => pass.State is { } state ? Step(input, state) : Whole(input);

    private OnnxValue Whole(OnnxValue input)
    {
        OnnxGraph graph = input.Graph;
        OnnxValue steps = input.Steps(), last = input.Size(1) + -1;
        OnnxValue first = (steps + (1 - _steps)).AtLeast(0).Unsqueeze(1); // [T, 1]
        OnnxValue places = (first + Positions(graph)).AtMost(last); // [T, n]
        // [B, T, C] → [B, T, n, C] → [B·T, n, C]
        OnnxValue windows = input.Gather(1, places).Reshape(-1, _steps, inputSize);
        OnnxValue shape = input.Size(0).Concat(0, graph.Constant(-1, _outputs));
        OnnxValue outputs = inner.Apply(windows, Own).Op("Reshape", shape); // [B·T, n, D] → [B, T·n, D]
        OnnxValue ends = steps.AtMost(graph.Scalar(_steps - 1)) + steps.Op("Mul", graph.Scalar(_steps));
        return outputs.Gather(1, ends); // [B, T·n, D] → [B, T, D]
    }

    private OnnxValue Step(OnnxValue input, OnnxState state)
    {
        OnnxGraph graph = input.Graph;
        OnnxValue before = state.Take(Layer.Join(path, "window"), _steps, inputSize), step = input.Unsqueeze(1);
        OnnxValue place = state.Time.AtMost(graph.Scalar(_steps - 1)); // [B]
        // Until the window is full, the step takes the next free place; then the oldest step is dropped.
        OnnxValue placed = Positions(graph).Unsqueeze(0, 2).Op("Equal", place.Unsqueeze(1, 2)).Where(step, before);
        OnnxValue full = state.Time.Unsqueeze(1, 2).Op("GreaterOrEqual", graph.Scalar(_steps));
        OnnxValue window = full.Where(before.Slice(1, 1).Concat(1, step), placed);
        state.Put(before, window);
        return inner.Apply(window, Own).StepAt(place);
    }

    private OnnxValue Positions(OnnxGraph graph) => graph.Constant([.. Enumerable.Range(0, _steps).Select(i => (long)i)]);
}
