using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Onnx;

/// <summary>The weights of one layer, as values of a graph.</summary>
internal sealed class OnnxWeights(Weights weights, string path)
{
    /// <summary>A name for a weight: the path of the layer and its own name.</summary>
    public string Path(string name) => Layer.Join(path, name);

    /// <summary>The values as they are stored.</summary>
    public float[] Values(string name) => weights[Path(name)].Values.Items;

    /// <summary>A weight as it is stored.</summary>
    public OnnxValue As(OnnxGraph graph, string name) => graph.Weight(Path(name), Values(name), weights[Path(name)].Shape.Items);

    /// <summary>Values computed from weights, under their own name.</summary>
    public OnnxValue Made(OnnxGraph graph, string name, float[] values, params int[] shape) => graph.Weight(Path(name), values, shape);

    /// <summary>x Wᵀ: a matrix stored as [D, C], from […, C] to […, D].</summary>
    public OnnxValue Multiply(OnnxValue x, string name)
    {
        Weight weight = weights[Path(name)];
        (int rows, int columns) = (weight.Shape[0], weight.Shape[1]);
        return x.MatMul(Made(x.Graph, $"{name}_transposed", Transposed(weight.Values.Items, rows, columns), columns, rows));
    }

    /// <summary>x Wᵀ + b.</summary>
    public OnnxValue Linear(OnnxValue x, string weight = "weight", string bias = "bias") => Multiply(x, weight) + As(x.Graph, bias);

    /// <summary>Reorders blocks of rows of equal size, by the index of the first block, the second, and so on.</summary>
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
