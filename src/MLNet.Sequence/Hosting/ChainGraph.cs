using System.Reflection;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using MLNet.Sequence.Onnx;
using static MLNet.Sequence.Onnx.AttributeProto.Types;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Hosting;

/// <summary>
/// A graph of this library as a part of the graph that <c>ml.Model.ConvertToOnnx</c> makes from a chain. Columns get the names that ML.NET
/// gives them; all other values get a prefix that no name in that graph has.
/// </summary>
internal sealed class ChainGraph
{
    // ML.NET writes one message, whose size is limited to 2 GiB.
    private const long MostWeights = 500_000_000;

    private readonly OnnxContext _context;
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, string> _columns;
    private readonly string _prefix;

    private ChainGraph(OnnxContext context, OnnxGraph graph, Dictionary<string, string> columns) =>
        (_context, _graph, _columns, _prefix) = (context, graph, columns, Prefix(context, graph));

    /// <summary>Adds the columns of a transformer of this library.</summary>
    /// <param name="context">ML.NET's graph so far.</param>
    /// <param name="rows">The columns as a graph.</param>
    /// <param name="schema">The schema of the transformer's view.</param>
    /// <exception cref="ArgumentOutOfRangeException">The user asked for an operator set before 12.</exception>
    /// <exception cref="NotSupportedException">A column that is read is not in ML.NET's graph, the weights are too many, or ML.NET's
    /// package for ONNX changed.</exception>
    public static void Add(OnnxContext context, OnnxRows rows, DataViewSchema schema)
    {
        context.CheckOpSetVersion(rows.Graph.OperatorSet, "MLNet.Sequence");
        if (rows.Columns.FirstOrDefault(column => !context.ContainsColumn(column)) is { } missing)
            throw new NotSupportedException($"ml.Model.ConvertToOnnx cannot convert this chain: the column '{missing}', which a sequence model reads, comes "
                + "from a transform that ML.NET does not write as ONNX.");
        if (rows.Graph.Weights.Sum(weight => weight.Values.LongLength) > MostWeights)
            throw new NotSupportedException("ml.Model.ConvertToOnnx cannot convert a model with more than 2 GB of weights: write it with Model.SaveOnnx to a "
                + "path, which puts them into a separate file.");
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < rows.Columns.Count; i++)
            columns.Add(rows.Graph.Proto.Input[i].Name, context.GetVariableName(rows.Columns[i]));
        foreach (string output in rows.Graph.Proto.Output.Select(output => output.Name))
            columns.Add(output, context.AddIntermediateVariable(schema[output].Type, output));
        new ChainGraph(context, rows.Graph, columns).Write();
    }

    // Every graph has constants, so a second model of the chain gets another one.
    private static string Prefix(OnnxContext context, OnnxGraph graph)
    {
        string prefix = "MLNet.Sequence.";
        for (int i = 2; graph.Proto.Initializer.Any(tensor => context.IsVariableDefined(prefix + tensor.Name)); i++)
            prefix = $"MLNet.Sequence.{i}.";
        return prefix;
    }

    private void Write()
    {
        var weights = _graph.Weights.ToDictionary(weight => weight.Tensor.Name, weight => weight.Values);
        foreach (TensorProto tensor in _graph.Proto.Initializer)
            Write(tensor, weights.GetValueOrDefault(tensor.Name));
        foreach (NodeProto node in _graph.Proto.Node)
        {
            OnnxNode written = _context.CreateNode(node.OpType, node.Input.Select(Name), node.Output.Select(Name), _prefix + node.Name, "");
            foreach (AttributeProto attribute in node.Attribute)
                Write(attribute, written);
        }
    }

    private void Write(TensorProto tensor, float[]? weights)
    {
        string name = Name(tensor.Name);
        bool scalar = tensor.Dims.Count == 0;
        ReadOnlySpan<byte> bytes = tensor.RawData.Span;
        switch (tensor.DataType)
        {
            case DataType.Float:
                float[] floats = weights ?? MemoryMarshal.Cast<byte, float>(bytes).ToArray();
                _ = scalar ? _context.AddInitializer(floats[0], name) : _context.AddInitializer(floats, tensor.Dims, name);
                break;
            case DataType.Double:
                double[] doubles = MemoryMarshal.Cast<byte, double>(bytes).ToArray();
                _ = scalar ? _context.AddInitializer(doubles[0], name) : _context.AddInitializer(doubles, tensor.Dims, name);
                break;
            case DataType.Int64:
                long[] numbers = MemoryMarshal.Cast<byte, long>(bytes).ToArray();
                _ = scalar ? _context.AddInitializer(numbers[0], name) : _context.AddInitializer(numbers, tensor.Dims, name);
                break;
            default:
                throw new InvalidOperationException($"ML.NET writes no constants of type {tensor.DataType}.");
        }
    }

    private void Write(AttributeProto attribute, OnnxNode node)
    {
        switch (attribute.Type)
        {
            case AttributeType.Int:
                node.AddAttribute(attribute.Name, attribute.I);
                break;
            case AttributeType.Float:
                node.AddAttribute(attribute.Name, (double)attribute.F);
                break;
            case AttributeType.Ints:
                node.AddAttribute(attribute.Name, attribute.Ints);
                break;
            case AttributeType.Strings:
                node.AddAttribute(attribute.Name, attribute.Strings.Select(text => text.ToStringUtf8()));
                break;
            case AttributeType.Graph:
                AttributeProto body = attribute.Clone();
                Rename(body.G);
                Message(node).MergeFrom(new NodeProto { Attribute = { body } }.ToByteArray());
                break;
            default:
                throw new InvalidOperationException($"ML.NET writes no attributes of type {attribute.Type}.");
        }
    }

    // ML.NET's interface has no attributes that are graphs, as a loop needs. Its node wraps the message of the same format.
    private static IMessage Message(OnnxNode node) => node.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Select(field => field.GetValue(node)).OfType<IMessage>().FirstOrDefault()
        ?? throw new NotSupportedException("ml.Model.ConvertToOnnx cannot convert a network with a loop with this version of Microsoft.ML.OnnxConverter: write "
            + "it with Model.SaveOnnx of its transformer, or use version 0.23.1.");

    private void Rename(GraphProto body)
    {
        foreach (ValueInfoProto value in body.Input.Concat(body.Output))
            value.Name = Name(value.Name);
        foreach (NodeProto node in body.Node)
        {
            node.Name = _prefix + node.Name;
            Rename(node.Input);
            Rename(node.Output);
            foreach (AttributeProto attribute in node.Attribute.Where(attribute => attribute.G is not null))
                Rename(attribute.G);
        }
    }

    private void Rename(RepeatedField<string> names)
    {
        for (int i = 0; i < names.Count; i++)
            names[i] = Name(names[i]);
    }

    // Omitted inputs have no name.
    private string Name(string own) => own.Length == 0 ? own : _columns.TryGetValue(own, out string? column) ? column : _prefix + own;
}
