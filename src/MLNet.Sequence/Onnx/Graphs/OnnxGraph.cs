using System.Runtime.InteropServices;
using Google.Protobuf;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>
/// A graph under construction: inputs, weights, nodes in the order of computation, outputs. Every name is a C identifier and belongs to
/// only one value, as the specification requires.
/// </summary>
internal sealed class OnnxGraph
{
    private readonly OnnxGraph _root;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs = [];
    private readonly Dictionary<string, OnnxValue> _constants = new(StringComparer.Ordinal);
    private readonly List<(TensorProto Tensor, float[] Values)> _weights = [];
    private int _nodes;

    /// <param name="name">The name of the graph.</param>
    /// <param name="outputs">The names of the later outputs, which nothing else may use.</param>
    public OnnxGraph(string name, params IEnumerable<string> outputs)
    {
        (_root, Proto) = (this, new GraphProto { Name = Identifier(name) });
        _outputs = [.. outputs];
        _names.UnionWith(_outputs);
    }

    private OnnxGraph(OnnxGraph outer) =>
        (_root, Depth, OperatorSet, Proto) = (outer._root, outer.Depth + 1, outer.OperatorSet, new GraphProto { Name = outer._root.Unique("body") });

    /// <summary>The graph as it is written; its weights have names and shapes, and their values are in <see cref="Weights"/>.</summary>
    public GraphProto Proto { get; }

    /// <summary>The number of enclosing graphs, whose values it can read.</summary>
    public int Depth { get; }

    /// <summary>The operator set whose forms the nodes have: 17, or 12, the one of graphs that ML.NET writes.</summary>
    public int OperatorSet { get; init; } = 17;

    /// <summary>The values of the weights, written in the same file or in a separate one.</summary>
    public IReadOnlyList<(TensorProto Tensor, float[] Values)> Weights => _weights;

    /// <summary>The body of a loop: a graph that can read the values of this one.</summary>
    public OnnxGraph Body() => new(this);

    /// <summary>An input. A dimension is a number, or a name if it is only known in a run.</summary>
    public OnnxValue Input(string name, DataType type, string description, params object[] shape)
    {
        name = _root.Unique(name);
        Proto.Input.Add(Describe(name, type, description, shape));
        return new OnnxValue(this, name);
    }

    /// <summary>Makes a value an output.</summary>
    public void Output(string name, OnnxValue value, (DataType Type, string Description, object[] Shape) what)
    {
        if (!_outputs.Remove(name))
            name = _root.Unique(name);
        Proto.Node.Add(new NodeProto { OpType = "Identity", Name = name, Input = { value.Name }, Output = { name } });
        Proto.Output.Add(Describe(name, what.Type, what.Description, what.Shape));
    }

    /// <summary>A weight; a second request for the same name returns the existing one.</summary>
    public OnnxValue Weight(string name, float[] values, params int[] shape) => Once(name, () =>
    {
        var tensor = new TensorProto { Name = _root.Unique(name), DataType = DataType.Float, Dims = { shape.Select(size => (long)size) } };
        _root._weights.Add((tensor, values));
        return tensor;
    });

    public OnnxValue Constant(float value) => Constant([value], DataType.Float, []);

    public OnnxValue Constant(double[] values, params long[] shape) => Constant(values, DataType.Double, shape);

    public OnnxValue Constant(params long[] values) => Constant(values, DataType.Int64, [values.Length]);

    public OnnxValue Scalar(long value) => Constant([value], DataType.Int64, []);

    /// <summary>A node with one output.</summary>
    public OnnxValue Node(string type, IEnumerable<OnnxValue?> inputs, params AttributeProto[] attributes) =>
        Nodes(type, 1, inputs, attributes)[0];

    /// <summary>A node with several outputs. A null input is omitted.</summary>
    public OnnxValue[] Nodes(string type, int outputs, IEnumerable<OnnxValue?> inputs, params AttributeProto[] attributes)
    {
        string name = _root.Unique($"{type}_{++_root._nodes}");
        string[] names = [.. Enumerable.Range(0, outputs).Select(i => i == 0 ? name : _root.Unique($"{name}_{i}"))];
        Proto.Node.Add(new NodeProto
        {
            OpType = type,
            Name = name,
            Input = { inputs.Select(input => input?.Name ?? "") },
            Output = { names },
            Attribute = { attributes },
        });
        return [.. names.Select(output => new OnnxValue(this, output))];
    }

    /// <summary>A name in which every character that is not allowed in a C identifier is replaced by an underscore.</summary>
    public static string Identifier(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetter(c) || (i > 0 && char.IsAsciiDigit(c)) ? c : '_'));

    private OnnxValue Constant<T>(T[] values, DataType type, long[] shape) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
        ByteString raw = ByteString.CopyFrom(bytes);
        return Once($"{type}[{string.Join(',', shape)}]{Convert.ToHexString(bytes)}", () =>
            new TensorProto { Name = _root.Unique("constant"), DataType = type, Dims = { shape }, RawData = raw });
    }

    private OnnxValue Once(string key, Func<TensorProto> make)
    {
        if (!_root._constants.TryGetValue(key, out OnnxValue known))
        {
            TensorProto tensor = make();
            _root.Proto.Initializer.Add(tensor);
            _root._constants.Add(key, known = new OnnxValue(_root, tensor.Name));
        }

        return known;
    }

    private string Unique(string name)
    {
        string identifier = Identifier(name), unique = identifier;
        for (int i = 2; !_names.Add(unique); i++)
            unique = $"{identifier}_{i}";
        return unique;
    }

    private static ValueInfoProto Describe(string name, DataType type, string description, object[] shape) => new()
    {
        Name = name,
        DocString = description,
        Type = new TypeProto { TensorType = new() { ElemType = type, Shape = new TensorShapeProto { Dim = { shape.Select(Dimension) } } } },
    };

    private static TensorShapeProto.Types.Dimension Dimension(object size) =>
        size is string name ? new() { DimParam = name } : new() { DimValue = Convert.ToInt64(size, null) };
}
