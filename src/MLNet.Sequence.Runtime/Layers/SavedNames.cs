using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MLNet.Sequence.Layers;

/// <summary>
/// The names under which a family of records is saved, as its attributes give them, and the form of one record. To ask for the
/// family's own form is to make those of all its records, which is most of the time that a first load takes.
/// </summary>
/// <param name="options">Of the family's generated code.</param>
internal sealed class SavedNames<T>(JsonSerializerOptions options) where T : class
{
    /// <summary>What holds a record's name.</summary>
    public const string Property = "name";

    private readonly (string Name, Type Type)[] _records =
        [.. typeof(T).GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).Select(record => ((string)record.TypeDiscriminator!, record.DerivedType))];

    /// <summary>All names, in alphabetical order.</summary>
    public IReadOnlyList<string> All => [.. _records.Select(record => record.Name).Order(StringComparer.Ordinal)];

    public string Of(T record) => _records.Single(known => known.Type == record.GetType()).Name;

    public JsonTypeInfo FormOf(T record) => options.GetTypeInfo(record.GetType());

    /// <summary>Reads a record of the family, whose form has a place for all of its properties but the name.</summary>
    /// <exception cref="JsonException">It is no object with a name of the family, or a value has the wrong form.</exception>
    public T Read(JsonNode? json)
    {
        string? name = (json as JsonObject)?[Property] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        Type type = _records.FirstOrDefault(record => record.Name == name).Type
            ?? throw new JsonException($"'{name}' is no name of these: {string.Join(", ", All)}.");
        JsonObject properties = json!.DeepClone().AsObject();
        properties.Remove(Property);
        return (T)properties.Deserialize(options.GetTypeInfo(type))!;
    }
}
