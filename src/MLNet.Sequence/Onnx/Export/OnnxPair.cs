using System.Globalization;
using System.Text.Json;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Networks;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>A model of pairs as two graphs: the encoder reads the source once, and a step of the decoder reads what the encoder gives.</summary>
internal static class OnnxPair
{
    private const string Scores = "LogProbabilities", Next = "Next";

    /// <summary>From the source in the data's units to what the decoder attends to.</summary>
    public static OnnxFile Encoder(SequenceModel model, OnnxOptions options)
    {
        var graph = new OnnxGraph($"{model.Architecture.Name}_encoder", Memories(model).Select(memory => memory.Name));
        OnnxValue seen = OnnxProgram.Read(graph, model.Task, OnnxMode.Sequence);
        var pass = new OnnxPass { Lengths = options.Lengths ? OnnxProgram.Lengths(graph, seen, "valid steps of each row, from 1") : null };
        OnnxValue scaled = model.Task.Tokens is not null ? seen : OnnxScaling.Of(graph, model.Scaling.Pooled).Apply(seen);
        foreach ((string name, string node) in Memories(model))
        {
            NetworkPlan encoder = model.Network.Encoder(node) ?? throw new NotSupportedException(
                $"The decoder of {model.Architecture.Name} attends to the source itself: there is no encoder to write.");
            OnnxValue memory = OnnxProgram.Run(new OnnxPlan(encoder, model.Weights), model.Task, scaled, pass).Output;
            graph.Output(name, memory, (DataType.Float, "what the decoder attends to, for each step of the source", Shape(model, node)));
        }

        return new OnnxFile(graph, Metadata(model, options, graph, "encoder"));
    }

    /// <summary>From the last token, or the last numbers, of the target so far to the probabilities of the next token, or to the next numbers.</summary>
    public static OnnxFile Decoder(SequenceModel model, OnnxOptions options)
    {
        TargetNumbers? numbers = model.Task.TargetNumbers;
        var graph = new OnnxGraph($"{model.Architecture.Name}_decoder", numbers is null ? [Scores, Next] : [Next]);
        OnnxScaling? scaling = numbers is null ? null : OnnxScaling.Of(graph, numbers.Scaling, "target_scaling");
        OnnxValue step = numbers is null ? Token(graph, Boundary(model)) : scaling!.Apply(Numbers(graph, numbers.Scaling));
        var state = new OnnxState(graph) { Step = step };
        var memories = Memories(model).ToDictionary(memory => memory.Node, memory => Memory(graph, model, memory, step));
        OnnxValue? lengths = options.Lengths
            ? OnnxProgram.Lengths(graph, memories.Values.First(), "valid steps of each row's source, from 1; as for the encoder")
            : null;
        OnnxValue output = new OnnxPlan(model.Network.Decoder(), model.Weights)
            .Apply(step, new OnnxPass { State = state, Beside = memories, MemoryLengths = lengths });
        int size = model.Network.OutputSize;
        if (scaling is null)
            WriteTokens(graph, output.LogSoftmax(), Boundary(model));
        else
            graph.Output(Next, scaling.Undo(output, size), (DataType.Float, "the next step, in the data's units", ["batch", size]));
        state.WriteOutputs();
        return new OnnxFile(graph, Metadata(model, options, graph, "decoder step"));
    }

    private static int Boundary(SequenceModel model) => model.Network.OutputSize - 1;

    // [B] → [B, 1]
    private static OnnxValue Token(OnnxGraph graph, int boundary)
    {
        OnnxValue given = graph.Input("Step", DataType.Int64,
            $"the index of the token before, from 0; {boundary}, the boundary, before the first token", "batch").Filled(1);
        // An index below 0 would count from the end: it becomes one that is an error.
        return given.Op("Less", graph.Scalar(0)).Where(graph.Scalar(boundary + 1), given).Unsqueeze(1);
    }

    private static OnnxValue Numbers(OnnxGraph graph, ChannelScaling scaling) => graph.Input("Step", DataType.Float,
        $"the step before, in the data's units; before the first one the means, {Start(scaling)}", "batch", scaling.Mean.Length).Filled(1, scaling.Mean.Length);

    private static string Start(ChannelScaling scaling) => JsonSerializer.Serialize(scaling.Mean.Select(mean => (float)mean));

    private static void WriteTokens(OnnxGraph graph, OnnxValue scores, int boundary)
    {
        graph.Output(Scores, scores, (DataType.Float, $"ln of the probability of each token, and of the end, {boundary}", ["batch", boundary + 1]));
        graph.Output(Next, graph.Node("ArgMax", [scores], OnnxAttribute.Of("axis", 1), OnnxAttribute.Of("keepdims", 0)),
            (DataType.Int64, $"the most likely one; {boundary}, the end, ends the target", ["batch"]));
    }

    // What the decoder's nodes attend to: with one encoder "Memory".
    private static IEnumerable<(string Name, string Node)> Memories(SequenceModel model)
    {
        IReadOnlyList<string> nodes = model.Network.Encoded;
        return nodes.Select(node => (nodes.Count == 1 ? "Memory" : $"Memory_{node}", node));
    }

    private static object[] Shape(SequenceModel model, string node) => ["batch", "time", model.Network.SizeOf(node)];

    // Another number of rows than that of the step would be broadcast, or give no rows.
    private static OnnxValue Memory(OnnxGraph graph, SequenceModel model, (string Name, string Node) memory, OnnxValue step)
    {
        OnnxValue given = graph.Input(memory.Name, DataType.Float, "the encoder's output of this name", Shape(model, memory.Node));
        return given.Op("Reshape", step.Size(0).Concat(0, given.Size(1).AtLeast(1)).Concat(0, graph.Constant([(long)model.Network.SizeOf(memory.Node)])));
    }

    private static SortedDictionary<string, string> Metadata(SequenceModel model, OnnxOptions options, OnnxGraph graph, string mode)
    {
        var metadata = new SortedDictionary<string, string>(OnnxMetadata.Of(model, options, graph).ToDictionary(), StringComparer.Ordinal)
        {
            ["mode"] = mode,
            ["pair"] = Convert.ToHexStringLower(ModelIdentity.Of(model).Numbers),
        };
        metadata.Remove("classes");
        if (model.Task.TargetSearch is { } search)
        {
            metadata["boundary"] = Boundary(model).ToString(CultureInfo.InvariantCulture);
            metadata["maxLength"] = TargetPrediction.MostTokens(model, search).ToString(CultureInfo.InvariantCulture);
        }

        if (model.Task.TargetNumbers is { } numbers)
            metadata["start"] = Start(numbers.Scaling);
        if (model.Task.TargetInput!.Tokens is { } target)
            metadata["targetTokens"] = JsonSerializer.Serialize(Enumerable.Range(0, target.Count).Select(target.ValueOf));
        if (model.Task.Tokens is { Tokenizer: { } tokenizer })
            metadata["tokens"] = JsonSerializer.Serialize(tokenizer.Tokens);
        return metadata;
    }
}
