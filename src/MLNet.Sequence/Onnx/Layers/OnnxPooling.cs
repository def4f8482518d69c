using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>In a stream, each step gives the pool of all steps so far.</summary>
internal sealed class OnnxPooling(PoolingKind kind, int size, OnnxWeights own) : IOnnxLayer
{
    private static readonly OnnxLastStep Last = new();

    public OnnxValue Apply(OnnxValue input, OnnxPass pass) => kind switch
    {
        PoolingKind.LastStep => Last.Apply(input, pass),
        PoolingKind.Mean => pass.State is { } state ? Move(input, Part(state), state) : Mean(input, pass),
        PoolingKind.Max => pass.State is { } state ? Max(input, state) : Hide(input, pass, float.NegativeInfinity).Max(1),
        PoolingKind.Attention => pass.State is { } state ? Attend(input, state) : Attend(input, pass),
        _ => throw new NotSupportedException($"The pooling {kind} cannot be exported to ONNX."),
    };

    private static OnnxValue Mean(OnnxValue input, OnnxPass pass) => pass.Lengths is { } lengths
        ? Hide(input, pass, 0).Sum(keep: false, 1) / lengths.Cast(DataType.Float).Unsqueeze(1)
        : input.Mean(keep: false, 1);

    private OnnxValue Attend(OnnxValue input, OnnxPass pass)
    {
        OnnxValue scores = Hide(own.Multiply(input, "weight"), pass, float.NegativeInfinity); // [B, T, C] → [B, T, 1]
        return (scores.Softmax(1) * input).Sum(keep: false, 1);
    }

    private OnnxValue Max(OnnxValue input, OnnxState state)
    {
        OnnxValue before = state.Take(own.Path("pool"), size), after = First(state).Where(input, before.Op("Max", input));
        state.Put(before, after);
        return after;
    }

    // Softmax step by step: weights are relative to the largest score so far, and are scaled down when a larger score arrives.
    private OnnxValue Attend(OnnxValue input, OnnxState state)
    {
        OnnxValue first = First(state), score = own.Multiply(input, "weight"); // [B, 1]
        OnnxValue largest = state.Take(own.Path("largest"), 1), sum = state.Take(own.Path("sum"), 1);
        OnnxValue next = first.Where(score, largest.Op("Max", score)), share = (score - next).Exp();
        OnnxValue total = sum * first.Where(next, largest - next).Exp() + share;
        state.Put(largest, next);
        state.Put(sum, total);
        return Move(input, share / total, state);
    }

    private OnnxValue Move(OnnxValue input, OnnxValue part, OnnxState state)
    {
        OnnxValue before = state.Take(own.Path("pool"), size), after = before + (input - before) * part;
        state.Put(before, after);
        return after;
    }

    // [B, 1]
    private static OnnxValue First(OnnxState state) => state.Time.Unsqueeze(1).Op("Equal", state.Time.Graph.Scalar(0));

    // 1 / (t + 1), [B, 1]
    private static OnnxValue Part(OnnxState state) => (state.Time.Unsqueeze(1) + 1).Cast(DataType.Float).Op("Reciprocal");

    private static OnnxValue Hide(OnnxValue input, OnnxPass pass, float padding) => pass.Valid(input) is { } valid
        ? valid.Where(input, input.Graph.Constant(padding))
        : input;
}
