using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNet.Sequence;

/// <summary>
/// An immutable list that is equal to another one with equal items in the same order. Records hold such lists, so they are values
/// themselves. In JSON it is an array.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    internal ValueList(T[] items) => Items = items;

    /// <summary>How many items the list has.</summary>
    public int Length => Items.Length;

    int IReadOnlyCollection<T>.Count => Items.Length;

    /// <summary>The items themselves, which must not be changed.</summary>
    internal T[] Items { get; }

    /// <summary>The item at an index, from 0.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such index.</exception>
    public T this[int index] => Items[index];

    /// <summary>A list that holds copies of the given items.</summary>
    public static implicit operator ValueList<T>(T[] items) => ValueList.Create<T>(items);

    /// <summary>The items as a read-only span over the list's own memory.</summary>
    public ReadOnlySpan<T> AsSpan() => Items;

    /// <inheritdoc/>
    public bool Equals(ValueList<T>? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (T item in Items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>The items in brackets, separated by commas: "[1, 2]".</summary>
    public override string ToString() => $"[{string.Join(", ", Items)}]";

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Items.GetEnumerator();
}

/// <summary>Makes immutable lists, for collection expressions as well.</summary>
public static class ValueList
{
    /// <summary>A list that holds copies of the given items.</summary>
    /// <param name="items">The items, in this order.</param>
    public static ValueList<T> Create<T>(params ReadOnlySpan<T> items) => new(items.ToArray());

    /// <summary>The items of a property as an immutable list.</summary>
    /// <param name="items">Null, if the property may be null.</param>
    /// <param name="property">Its name, for messages.</param>
    /// <exception cref="ArgumentException">An item is null.</exception>
    [return: NotNullIfNotNull(nameof(items))]
    internal static ValueList<T>? Of<T>(IEnumerable<T>? items, [CallerMemberName] string property = "")
    {
        if (items is null or ValueList<T>)
            return (ValueList<T>?)items;
        T[] all = [.. items];
        int missing = Array.FindIndex(all, item => item is null);
        return missing < 0 ? new ValueList<T>(all) : throw new ArgumentException($"{property} has no value at place {missing}.");
    }
}

/// <summary>Numbers as a JSON array.</summary>
internal sealed class FloatsConverter : JsonConverter<ValueList<float>>
{
    public override ValueList<float> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonSerializer.Deserialize(ref reader, FloatsJson.Default.SingleArray) ?? throw new JsonException(
            "There must be an array of numbers; found null."));

    public override void Write(Utf8JsonWriter writer, ValueList<float> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Items, FloatsJson.Default.SingleArray);
}

/// <summary>Numbers in double as a JSON array.</summary>
internal sealed class DoublesConverter : JsonConverter<ValueList<double>>
{
    public override ValueList<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonSerializer.Deserialize(ref reader, FloatsJson.Default.DoubleArray) ?? throw new JsonException(
            "There must be an array of numbers; found null."));

    public override void Write(Utf8JsonWriter writer, ValueList<double> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Items, FloatsJson.Default.DoubleArray);
}

/// <summary>Reads and writes arrays of numbers without reflection.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, WriteIndented = true)]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(double[]))]
internal sealed partial class FloatsJson : JsonSerializerContext;
