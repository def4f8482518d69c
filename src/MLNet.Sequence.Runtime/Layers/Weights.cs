using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics.Tensors;

namespace MLNet.Sequence.Layers;

/// <summary>One named block of floats with its shape, row-major.</summary>
/// <param name="Name">The path in the layer tree, such as <c>backbone.0.weight_ih</c>.</param>
/// <param name="Shape">The length of each dimension; empty for a scalar.</param>
/// <param name="Values">The values, as many as the product of <paramref name="Shape"/>.</param>
public sealed record Weight(string Name, ValueList<int> Shape, ValueList<float> Values);

/// <summary>The weights of a network by name, in the order of the layer tree. Holds no tensors of any framework.</summary>
public sealed class Weights : IReadOnlyCollection<Weight>
{
    private readonly OrderedDictionary<string, Weight> _byName = [];

    internal Weights()
    {
    }

    /// <summary>The number of weights, each with a name of its own.</summary>
    public int Count => _byName.Count;

    /// <summary>The number of values, over all weights: the model's parameter count.</summary>
    public long ValueCount => _byName.Values.Sum(weight => (long)weight.Values.Length);

    /// <summary>The weight with the given name.</summary>
    /// <param name="name">The path in the layer tree, such as <c>backbone.0.weight_ih</c>.</param>
    /// <exception cref="KeyNotFoundException">No weight has this name.</exception>
    public Weight this[string name] => TryGet(name, out Weight? weight)
        ? weight
        : throw new KeyNotFoundException($"There is no weight named '{name}'.");

    /// <summary>Whether there is a weight with this name, and the weight.</summary>
    /// <param name="name">The name.</param>
    /// <param name="weight">The weight; null if there is none with this name.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out Weight? weight) => _byName.TryGetValue(name, out weight);

    /// <summary>Adds a weight at the end, while its network is being made.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the values do not fill the shape.</exception>
    internal void Add(Weight weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        long expected = weight.Shape.Aggregate(1L, (product, size) => product * size);
        if (expected != weight.Values.Length)
        {
            throw new ArgumentException(
                $"Weight '{weight.Name}' has shape {weight.Shape}, which holds {expected} values; found {weight.Values.Length}.",
                nameof(weight));
        }

        if (!_byName.TryAdd(weight.Name, weight))
            throw new ArgumentException($"There is already a weight named '{weight.Name}'.", nameof(weight));
    }

    /// <summary>Checks that names and shapes are exactly those of <paramref name="specs"/>.</summary>
    /// <param name="specs">The weights that a layer tree needs (<see cref="Layer.AllWeights"/>).</param>
    /// <exception cref="FormatException">Names the first weight that differs, with what was expected and found.</exception>
    public void MustFit(IEnumerable<WeightSpec> specs)
    {
        ArgumentNullException.ThrowIfNull(specs);
        int matched = 0;
        foreach (WeightSpec spec in specs)
        {
            if (!TryGet(spec.Name, out Weight? weight))
                throw new FormatException($"The weight '{spec.Name}' is missing: its architecture expects shape {spec.Shape}.");
            // A size that has overflowed cannot be in this file.
            if (!weight.Shape.Equals(spec.Shape) || spec.Shape.Any(size => size < 1))
                throw new FormatException($"The weight '{spec.Name}' does not fit its architecture: expected shape {spec.Shape}, found {weight.Shape}.");
            matched++;
        }

        if (matched != Count)
        {
            var known = specs.Select(spec => spec.Name).ToHashSet();
            throw new FormatException($"The weight '{_byName.Keys.First(name => !known.Contains(name))}' belongs to no layer of the architecture.");
        }
    }

    /// <summary>The weights of a part of the network.</summary>
    internal Weights Of(IEnumerable<WeightSpec> specs)
    {
        var part = new Weights();
        foreach (WeightSpec spec in specs)
            part.Add(this[spec.Name]);
        return part;
    }

    /// <summary>Checks that all values are finite numbers.</summary>
    /// <exception cref="FormatException">Names the first weight with another value.</exception>
    internal void MustBeFinite()
    {
        foreach (Weight weight in this)
        {
            if (!weight.Values.AsSpan().IsEmpty && !float.IsFinite(TensorPrimitives.MaxMagnitude(weight.Values.AsSpan())))
            {
                int at = Array.FindIndex(weight.Values.Items, value => !float.IsFinite(value));
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"The weight '{weight.Name}' has the value {weight.Values[at]} at "
                    + $"place {at}; expected finite numbers."));
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Weight> GetEnumerator() => _byName.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

}
