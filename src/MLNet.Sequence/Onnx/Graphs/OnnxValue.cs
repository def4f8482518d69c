using static MLNet.Sequence.Onnx.OnnxAttribute;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>A value of a graph, by its name. Each computation with it becomes a node of the graph, so that a layer reads like its formula.</summary>
internal readonly record struct OnnxValue(OnnxGraph Graph, string Name)
{
    public static OnnxValue operator +(OnnxValue left, OnnxValue right) => left.Op("Add", right);

    public static OnnxValue operator -(OnnxValue left, OnnxValue right) => left.Op("Sub", right);

    public static OnnxValue operator *(OnnxValue left, OnnxValue right) => left.Op("Mul", right);

    public static OnnxValue operator /(OnnxValue left, OnnxValue right) => left.Op("Div", right);

    public static OnnxValue operator +(OnnxValue left, float right) => left + left.Graph.Constant(right);

    public static OnnxValue operator *(OnnxValue left, float right) => left * left.Graph.Constant(right);

    public static OnnxValue operator +(OnnxValue left, long right) => left + left.Graph.Scalar(right);

    public static OnnxValue operator -(OnnxValue value) => value.Op("Neg");

    /// <summary>Any operator, with this as its first input. With values of two graphs, the node is in the inner one, which can read both.</summary>
    public OnnxValue Op(string type, params OnnxValue[] more)
    {
        OnnxGraph inner = more.Select(value => value.Graph).Prepend(Graph).MaxBy(graph => graph.Depth)!;
        return inner.Node(type, [this, .. more.Select(value => (OnnxValue?)value)]);
    }

    public OnnxValue MatMul(OnnxValue right) => Op("MatMul", right);

    public OnnxValue Sigmoid() => Op("Sigmoid");

    public OnnxValue Tanh() => Op("Tanh");

    public OnnxValue Exp() => Op("Exp");

    public OnnxValue AtLeast(long least) => Op("Max", Graph.Scalar(least));

    public OnnxValue AtMost(OnnxValue most) => Op("Min", most);

    /// <summary>The first value where this condition is true, else the second.</summary>
    public OnnxValue Where(OnnxValue one, OnnxValue other) => Op("Where", one, other);

    public OnnxValue Cast(DataType type) => Graph.Node("Cast", [this], Of("to", (long)type));

    // Before operator set 13, all dimensions from the axis on are one.
    public OnnxValue Softmax(long axis) => Graph.OperatorSet >= 13 || axis == -1 ? Graph.Node("Softmax", [this], Of("axis", axis)) : Shares(axis);

    /// <summary>ln softmax over the last dimension.</summary>
    public OnnxValue LogSoftmax() => Graph.Node("LogSoftmax", [this], Of("axis", -1));

    public OnnxValue Transpose(params long[] order) => Graph.Node("Transpose", [this], Of("perm", order));

    /// <summary>A dimension of 0 is unchanged; a dimension of −1 is inferred.</summary>
    public OnnxValue Reshape(params long[] shape) => Op("Reshape", Graph.Constant(shape));

    /// <summary>
    /// This value, if each of its dimensions has at least this size. Otherwise a run fails with an error, since the values do not fill the
    /// required shape. Without this check, ONNX Runtime aborts the process if some operators get no rows or no steps.
    /// </summary>
    public OnnxValue Filled(params long[] least) => Op("Reshape", Op("Shape").Op("Max", Graph.Constant(least)));

    public OnnxValue Unsqueeze(params long[] axes) => Along("Unsqueeze", axes);

    public OnnxValue Squeeze(long axis) => Along("Squeeze", [axis]);

    public OnnxValue Concat(long axis, OnnxValue next) => Graph.Node("Concat", [this, next], Of("axis", axis));

    /// <summary>From <paramref name="start"/> up to <paramref name="end"/>; negative numbers count from the end.</summary>
    public OnnxValue Slice(long axis, long start, long end = long.MaxValue) =>
        Op("Slice", Graph.Constant(start), Graph.Constant(end), Graph.Constant(axis));

    /// <summary>Parts of equal size.</summary>
    public OnnxValue[] Split(long axis, int parts, int size)
    {
        long[] sizes = [.. Enumerable.Repeat((long)size, parts)];
        return Graph.OperatorSet >= 13
            ? Graph.Nodes("Split", parts, [this, Graph.Constant(sizes)], Of("axis", axis))
            : Graph.Nodes("Split", parts, [this], Of("axis", axis), Of("split", sizes));
    }

    public OnnxValue Gather(long axis, OnnxValue indices) => Graph.Node("Gather", [this, indices], Of("axis", axis));

    /// <summary>The step at each row's own index: [B, T, …] and [B] to [B, …].</summary>
    public OnnxValue StepAt(OnnxValue index) => Graph.Node("GatherND", [this, index.Unsqueeze(1)], Of("batch_dims", 1));

    public OnnxValue Sum(bool keep, params long[] axes) => Along("ReduceSum", axes, Of("keepdims", keep ? 1 : 0));

    public OnnxValue Mean(bool keep, params long[] axes) => Graph.Node("ReduceMean", [this], Of("axes", axes), Of("keepdims", keep ? 1 : 0));

    public OnnxValue Max(params long[] axes) => Graph.Node("ReduceMax", [this], Of("axes", axes), Of("keepdims", 0));

    /// <summary>(x − mean) / √(variance + ε) over the last dimension, times <paramref name="weight"/>, plus <paramref name="bias"/>.</summary>
    public OnnxValue Normalize(OnnxValue weight, OnnxValue bias, float epsilon)
    {
        if (Graph.OperatorSet >= 17)
            return Graph.Node("LayerNormalization", [this, weight, bias], Of("axis", -1), Of("epsilon", epsilon));
        OnnxValue difference = this - Mean(keep: true, -1);
        return difference / ((difference * difference).Mean(keep: true, -1) + epsilon).Op("Sqrt") * weight + bias;
    }

    /// <summary>The size of a dimension, int64 [1].</summary>
    public OnnxValue Size(long axis) => Graph.OperatorSet >= 15
        ? Graph.Node("Shape", [this], Of("start", axis), Of("end", axis + 1))
        : Op("Shape").Slice(0, axis, axis + 1);

    /// <summary>0, 1, … up to the number of steps: int64 [T] of [B, T, …].</summary>
    public OnnxValue Steps() => Graph.Scalar(0).Op("Range", Size(1).Squeeze(0), Graph.Scalar(1));

    /// <summary>Zeros for each row: [B, …] to [B, size].</summary>
    public OnnxValue ZeroRows(int size) => Size(0).Concat(0, Graph.Constant(size)).Op("ConstantOfShape");

    // From operator set 13 on, axes are an input.
    private OnnxValue Along(string type, long[] axes, params AttributeProto[] attributes) => Graph.OperatorSet >= 13
        ? Graph.Node(type, [this, Graph.Constant(axes)], attributes)
        : Graph.Node(type, [this], [Of("axes", axes), .. attributes]);

    private OnnxValue Shares(long axis)
    {
        OnnxValue shares = (this - Max(axis).Unsqueeze(axis)).Exp();
        return shares / shares.Sum(keep: true, axis);
    }
}
