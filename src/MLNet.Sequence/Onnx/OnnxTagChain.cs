using MLNet.Sequence.Tasks;
using static MLNet.Sequence.Onnx.OnnxAttribute;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>The results of <see cref="TagChain"/> for whole sequences. Each uses two loops: one forward over the steps, and one backward.</summary>
/// <param name="own">The weights of the chain.</param>
/// <param name="scores">[B, T, tags].</param>
/// <param name="tags">The number of tags.</param>
/// <param name="lengths">The valid steps of each row; null: all.</param>
internal sealed class OnnxTagChain(OnnxWeights own, OnnxValue scores, int tags, OnnxValue? lengths)
{
    private readonly OnnxValue _transitions = own.As(scores.Graph, "transitions"), _first = own.As(scores.Graph, "first"), _last = own.As(scores.Graph, "last");
    private readonly OnnxValue _isFirst = Here(scores, scores.Steps().Unsqueeze(0), scores.Graph.Scalar(0));
    private readonly OnnxValue _isLast = Here(scores, scores.Steps().Unsqueeze(0), (lengths?.Unsqueeze(1) ?? scores.Size(1)) + -1);

    /// <summary>The best tag sequence, int64 [B, T]; of equally good ones, the one with the lowest numbers.</summary>
    public OnnxValue Best()
    {
        // For each tag, the score of the best sequence that ends in it.
        OnnxValue best = OnnxScan.Run([scores, _isFirst], [tags], (before, at) =>
            [Yes(at[1]).Where(_first, (before[0].Unsqueeze(2) + _transitions).Max(1)) + at[0]])[0];
        // Backward from the best tag of the last step: 1 for the chosen tag, 0 for all others.
        OnnxValue taken = OnnxScan.Run([best, _isLast], [tags], (after, at) =>
            [Largest(at[0] + Yes(at[1]).Where(_last, own.Multiply(after[0], "transitions")))], backwards: true)[0];
        return Place(taken, keep: 0);
    }

    /// <summary>The probability of each tag at each step, given all steps: [B, T, tags].</summary>
    public OnnxValue Marginals()
    {
        OnnxValue ahead = OnnxScan.Run([scores, _isFirst], [tags], (before, at) =>
            [Level(Yes(at[1]).Where(_first, LogSum(before[0].Unsqueeze(2) + _transitions, 1)) + at[0])])[0];
        // Includes the step's own score, which is then counted twice.
        OnnxValue behind = OnnxScan.Run([scores, _isLast], [tags], (after, at) =>
            [Level(Yes(at[1]).Where(_last, LogSum(after[0].Unsqueeze(1) + _transitions, 2)) + at[0])], backwards: true)[0];
        return (ahead + behind - scores).Softmax(-1);
    }

    // ln Σ exp x, in a form that does not overflow: [B, tags, tags] to [B, tags].
    private static OnnxValue LogSum(OnnxValue x, long axis)
    {
        OnnxValue most = x.Max(axis);
        return most + (x - most.Unsqueeze(axis)).Exp().Sum(keep: false, axis).Op("Log");
    }

    // Subtracts the maximum: only differences between a step's tags matter, and long sums then keep their precision.
    private static OnnxValue Level(OnnxValue x) => x - x.Max(1).Unsqueeze(1);

    private OnnxValue Largest(OnnxValue x) =>
        Place(x, keep: 1).Op("Equal", x.Graph.Constant([.. Enumerable.Range(0, tags).Select(tag => (long)tag)])).Cast(DataType.Float);

    private static OnnxValue Place(OnnxValue x, int keep) => x.Graph.Node("ArgMax", [x], Of("axis", -1), Of("keepdims", keep));

    private static OnnxValue Yes(OnnxValue flag) => flag.Op("Greater", flag.Graph.Constant(0.5f));

    // [B, T, 1]: 1 at the given step, else 0.
    private static OnnxValue Here(OnnxValue scores, OnnxValue steps, OnnxValue one) =>
        steps.Op("Equal", one).Cast(DataType.Float).Unsqueeze(2).Op("Expand", scores.Size(0).Concat(0, scores.Graph.Constant(1, 1)));
}
