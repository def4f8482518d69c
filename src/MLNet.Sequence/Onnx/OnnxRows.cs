using MLNet.Sequence.Tasks;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>
/// A model of rows that hold a sequence each, as a part of a graph that ML.NET makes from a chain: operator set 12, inputs that are the
/// columns of the sequence, each [B, values] or [B, T, C], and outputs that are the task's columns in ML.NET's form, each [B, values].
/// </summary>
/// <param name="Graph">Its inputs are <paramref name="Columns"/>; its outputs have the names of the columns.</param>
/// <param name="Columns">The names of the columns that are read.</param>
internal sealed record OnnxRows(OnnxGraph Graph, IReadOnlyList<string> Columns)
{
    /// <param name="model">A model of rows.</param>
    /// <param name="keys">What the keys of the column mean; null if the sequence is not of keys.</param>
    public static OnnxRows Of(SequenceModel model, OnnxKeys? keys)
    {
        SequenceInput input = model.Task.RowInput!;
        if (input.Conditions is { } conditions)
            throw new NotSupportedException(OnConditions(conditions));
        var graph = new OnnxGraph(model.Architecture.Name, model.Task.Outputs.Select(output => output.Name)) { OperatorSet = 12 };
        // ML.NET knows the types.
        OnnxValue[] columns = [.. input.Columns.Select(name => graph.Input(name, DataType.Undefined, "", "batch", "values"))];
        ChannelScaling scaling = model.Scaling.Pooled.First(model.Task.DataChannels);
        OnnxSequence sequence = input.Tokens is { } tokens ? OnnxSequence.OfTokens(columns, tokens, keys) : OnnxSequence.OfNumbers(columns, scaling);
        OnnxValue? lengths = input.EndAtPadding ? sequence.WithoutPadding() : null;
        // A sequence without steps is run with one, and then has no output.
        var pass = new OnnxPass { Lengths = lengths?.AtLeast(1) };
        (OnnxValue seen, OnnxValue given) = OnnxProgram.Run(new OnnxPlan(model.Network, model.Weights), model.Task, sequence.Steps, pass);
        if (lengths is { } steps)
            given += Missing(steps, model.Task);
        foreach (OnnxOutput output in new OnnxDecoding(model, (seen, given), () => OnnxScaling.Of(graph, scaling), pass).Outputs())
            Write(output, lengths);
        return new OnnxRows(graph, input.Columns);
    }

    /// <summary>Why a model with conditions has no graph.</summary>
    public static string OnConditions(StepConditions conditions) =>
        $"A next-step model that is conditioned on {conditions.Description} cannot be written as ONNX yet: run it in plain C# (SequenceModel.GenerateTokens).";

    // [B, 1] or, with an output for each step, [B, 1, 1]: NaN where there are no steps, else 0.
    private static OnnxValue Missing(OnnxValue lengths, SequenceTask task)
    {
        OnnxGraph graph = lengths.Graph;
        return lengths.Unsqueeze(task.Answered == Answered.Whole ? [1] : [1, 2]).Op("Equal", graph.Scalar(0))
            .Where(graph.Constant(float.NaN), graph.Constant(0f));
    }

    private static void Write(OnnxOutput output, OnnxValue? lengths)
    {
        bool isKey = output.Type == DataType.Int64;
        // Keys count from 1; 0 is the missing key.
        OnnxValue value = isKey ? output.Value + 1 : output.Value;
        if (output.Of.IsOfEachStep && lengths is { } steps)
            value = WithoutPadding(value, steps, output.Of.Shape.Count > 0, isKey ? value.Graph.Scalar(0) : value.Graph.Constant(float.NaN));
        value = value.Reshape(0, -1); // [B], [B, K] or [B, T, K] → [B, values]
        value.Graph.Output(output.Of.Name, isKey ? value.Cast(DataType.Uint32) : value,
            (isKey ? DataType.Uint32 : output.Type, "", ["batch", "values"]));
    }

    // As many steps as the longest row has; those of shorter rows are missing.
    private static OnnxValue WithoutPadding(OnnxValue value, OnnxValue lengths, bool hasChannels, OnnxValue missing)
    {
        OnnxGraph graph = value.Graph;
        OnnxValue valid = value.Steps().Unsqueeze(0).Op("Less", lengths.Unsqueeze(1));
        OnnxValue most = graph.Node("ReduceMax", [lengths], OnnxAttribute.Of("axes", [0L]), OnnxAttribute.Of("keepdims", 1));
        return (hasChannels ? valid.Unsqueeze(2) : valid).Where(value, missing).Op("Slice", graph.Constant(0L), most, graph.Constant(1L));
    }
}
