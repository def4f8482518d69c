using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace MLNet.Sequence.Layers;

/// <summary>
/// A family of records that are saved under names, such as <c>{"name":"lstm","hiddenSize":64}</c>; records of the family inside others are
/// read in the same way. Properties that a document leaves out have their defaults, as in files of older versions.
/// </summary>
/// <param name="what">The name of such a record in messages.</param>
/// <param name="options">The options of the family's generated code.</param>
/// <param name="samples">One of each name: with its defaults, except for the values that its constructor requires.</param>
internal sealed class SavedRecords<T>(string what, JsonSerializerOptions options, Func<T[]> samples) where T : class
{
    private const string NameProperty = SavedNames<T>.Property;

    private readonly SavedNames<T> _saved = new(options);

    /// <summary>The saved names, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => _saved.All;

    public string NameOf(T record) => _saved.Of(record);

    /// <summary>The record with the defaults; null if there is none of this name.</summary>
    public T? Sample(string name) => samples().FirstOrDefault(sample => NameOf(sample) == name);

    /// <exception cref="JsonException">The name or a property is unknown, one is missing, or a value has the wrong form.</exception>
    public T Read(JsonNode? json) => _saved.Read(Whole(json, null));

    // Generated code would set absent properties to 0, so the given values replace those of the defaults.
    private JsonObject Whole(JsonNode? json, JsonObject? usual)
    {
        if (json is JsonValue text && text.GetValueKind() == JsonValueKind.String)
            json = new JsonObject { [NameProperty] = text.GetValue<string>() };
        JsonObject given = json as JsonObject ?? throw new JsonException($"An {what} is a JSON object or a name.");
        string? name = given[NameProperty] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        // Properties alone change the present record.
        JsonObject? whole = given.ContainsKey(NameProperty) ? null : usual?.DeepClone().AsObject();
        T sample = Sample(name ?? (string?)whole?[NameProperty] ?? "")
            ?? throw new JsonException($"There is no {what} named '{name}'. There are: {string.Join(", ", Names)}.");
        JsonTypeInfo form = _saved.FormOf(sample);
        if (whole is null)
        {
            whole = JsonSerializer.SerializeToNode(sample, form)!.AsObject();
            whole.Insert(0, NameProperty, NameOf(sample));
        }

        foreach (JsonPropertyInfo property in form.Properties)
        {
            if (property.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false } && usual is null && !given.ContainsKey(property.Name))
                throw new JsonException($"The {what} '{name}' needs the property '{property.Name}'.");
        }

        foreach ((string key, JsonNode? setting) in given)
            Set(whole, key, setting, form);
        return whole;
    }

    private void Set(JsonObject whole, string key, JsonNode? setting, JsonTypeInfo form)
    {
        if (!whole.ContainsKey(key))
            throw new JsonException($"The {what} '{whole[NameProperty]}' has no property '{key}'. It has: "
                + $"{string.Join(", ", whole.Select(known => known.Key).Where(known => known != NameProperty))}.");
        Type? type = form.Properties.FirstOrDefault(property => property.Name == key)?.PropertyType;
        whole[key] = Inner(type, setting, whole[key]);
        if (type is not null && Wanted(type) is { } wanted && !Fits(whole[key], form.Options.GetTypeInfo(type)))
            throw new JsonException($"The property '{key}' of the {what} '{whole[NameProperty]}' must be {wanted}; found {setting?.ToJsonString() ?? "null"}.");
    }

    // The expected kind of value for a type, in words; null for types that describe the problem themselves.
    private static string? Wanted(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return $"{Wanted(inner)} or null";
        if (type.IsEnum)
            return $"one of {string.Join(", ", Enum.GetNames(type))}";
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 or TypeCode.Int64 => "a whole number",
            TypeCode.Single or TypeCode.Double => "a number",
            TypeCode.Boolean => "true or false",
            _ => null,
        };
    }

    private static bool Fits(JsonNode? value, JsonTypeInfo type)
    {
        try
        {
            value.Deserialize(type);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private JsonArray Changed(JsonArray there, JsonObject changes)
    {
        string[] places = [.. Enumerable.Range(0, there.Count).Select(place => $"{place}")];
        if (changes.Select(change => change.Key).Except(places).FirstOrDefault() is { } none)
            throw new JsonException($"There is no {what} at '{none}': the list has the indices {string.Join(", ", places)}.");
        return new JsonArray([.. places.Select((place, i) => changes[place] is { } change ? Whole(change, there[i] as JsonObject) : there[i]?.DeepClone())]);
    }

    private JsonNode? Inner(Type? type, JsonNode? given, JsonNode? usual)
    {
        if (given is not null && type == typeof(T))
            return Whole(given, usual as JsonObject);
        if (given is JsonArray several && type == typeof(IReadOnlyList<T>))
            return new JsonArray([.. several.Select(one => Whole(one, null))]);
        // {"0":{…}}: changes the first of the present items.
        if (given is JsonObject some && type == typeof(IReadOnlyList<T>) && usual is JsonArray there)
            return Changed(there, some);
        return given?.DeepClone();
    }
}
