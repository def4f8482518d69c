using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>The weights of one layer, as values of a graph.</summary>
internal sealed class OnnxWeights(Weights weights, string path)
{
    /// <summary>The path of the layer and a name of its own.</summary>
    public string Path(string name) => Layer.Join(path, name);

    /// <summary>The values as they are kept.</summary>
    public float[] Values(string name) => weights[Path(name)].Values.Items;

    /// <summary>A weight as it is kept.</summary>
    public OnnxValue As(OnnxGraph graph, string name) => graph.Weight(Path(name), Values(name), weights[Path(name)].Shape.Items);

    /// <summary>Values made of weights, under a name that says so.</summary>
    public OnnxValue Made(OnnxGraph graph, string name, float[] values, params int[] shape) => graph.Weight(Path(name), values, shape);

    /// <summary>x Wᵀ: a matrix kept as [D, C], on […, C] to […, D].</summary>
    public OnnxValue Multiply(OnnxValue x, string name)
    {
        Weight weight = weights[Path(name)];
        (int rows, int columns) = (weight.Shape[0], weight.Shape[1]);
        return x.MatMul(Made(x.Graph, $"{name}_transposed", Transposed(weight.Values.Items, rows, columns), columns, rows));
    }

    /// <summary>x Wᵀ + b.</summary>
    public OnnxValue Linear(OnnxValue x, string weight = "weight", string bias = "bias") => Multiply(x, weight) + As(x.Graph, bias);

    /// <summary>Blocks of rows of equal size in another order: which of them comes first, second and so on.</summary>
    public static IEnumerable<float> Reorder(float[] values, IReadOnlyList<int> order)
    {
        int size = values.Length / order.Count;
        return order.SelectMany(block => values.Skip(block * size).Take(size));
    }

    private static float[] Transposed(float[] values, int rows, int columns)
    {
        var transposed = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                transposed[column * rows + row] = values[row * columns + column];
        }

        return transposed;
    }
}
