using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MLNet.Sequence.Layers;

/// <summary>
/// The saved names of a family of records, from its attributes, and the form of one record. The family's own form would include those of
/// all its records, and making them would take most of the time of a first load.
/// </summary>
/// <param name="options">The options of the family's generated code.</param>
internal sealed class SavedNames<T>(JsonSerializerOptions options) where T : class
{
    /// <summary>The property that holds a record's name.</summary>
    public const string Property = "name";

    private readonly (string Name, Type Type)[] _records =
        [.. typeof(T).GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).Select(record => ((string)record.TypeDiscriminator!, record.DerivedType))];

    /// <summary>All names, in alphabetical order.</summary>
    public IReadOnlyList<string> All => [.. _records.Select(record => record.Name).Order(StringComparer.Ordinal)];

    public string Of(T record) => _records.Single(known => known.Type == record.GetType()).Name;

    public JsonTypeInfo FormOf(T record) => options.GetTypeInfo(record.GetType());

    /// <summary>Reads a record of the family, whose form includes all of its properties except the name.</summary>
    /// <exception cref="JsonException">It is not an object with a name of the family, or a value has the wrong form.</exception>
    public T Read(JsonNode? json)
    {
        string? name = (json as JsonObject)?[Property] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        Type type = _records.FirstOrDefault(record => record.Name == name).Type
            ?? throw new JsonException($"'{name}' is not one of these names: {string.Join(", ", All)}.");
        JsonObject properties = json!.DeepClone().AsObject();
        properties.Remove(Property);
        return (T)properties.Deserialize(options.GetTypeInfo(type))!;
    }
}
