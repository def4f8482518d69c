using System.Collections.ObjectModel;

namespace MLNet.Sequence;

/// <summary>An immutable map of values by name, equal to another one with equal names and values in any order.</summary>
internal sealed class ValueMap<T>(IEnumerable<KeyValuePair<string, T>>? values)
    : ReadOnlyDictionary<string, T>(new Dictionary<string, T>(values ?? [], StringComparer.Ordinal))
{
    public override bool Equals(object? obj) =>
        obj is ValueMap<T> other && other.Count == Count && this.All(pair => other.TryGetValue(pair.Key, out T? value) && Equals(value, pair.Value));

    public override int GetHashCode() => this.Aggregate(Count, (hash, pair) => hash ^ HashCode.Combine(pair.Key, pair.Value));
}
