using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>The weights below one path of the layer tree, in double precision.</summary>
internal sealed class PlainWeights(Weights weights, string path = "")
{
    /// <summary>A weight of the layer itself, row-major.</summary>
    public double[] this[string name] => [.. weights[path + name].Values.Select(value => (double)value)];

    /// <summary>Rows of a weight, with any dimensions after the first.</summary>
    public double[][] Rows(string name) => [.. this[name].Chunk(weights[path + name].Values.Length / weights[path + name].Shape[0])];

    /// <summary>The steps that attention reads; null: the layer's own input.</summary>
    public double[][]? Memory { get; init; }

    public PlainWeights Child(string name) => new(weights, $"{path}{name}.") { Memory = Memory };
}
