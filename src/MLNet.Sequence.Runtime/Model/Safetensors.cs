using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Model;

/// <summary>
/// The safetensors format: 8 bytes of header length (little-endian), a JSON header of name → dtype, shape and offsets,
/// then the values one after the other. Only F32 is written and read.
/// </summary>
internal static class Safetensors
{
    private const int LongestHeader = 100_000_000;
    private const string MetadataEntry = "__metadata__", MetadataKey = "text", ChecksumKey = "sha256";

    /// <param name="stream">Written to.</param>
    /// <param name="weights">The values.</param>
    /// <param name="metadata">The writer's own text, under <c>__metadata__</c>, with the SHA-256 of it and all values; null: none.</param>
    public static void Write(Stream stream, Weights weights, string? metadata = null)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
            WriteHeader(json, weights, metadata);
        // Values start at a multiple of 8 bytes, as the format requires of writers: spaces fill the header.
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach (Weight weight in weights)
            stream.Write(MemoryMarshal.AsBytes(weight.Values.AsSpan()));
    }

    public static Weights Read(ReadOnlySpan<byte> file) => Read(file, out _);

    public static Weights Read(ReadOnlySpan<byte> file, out string? metadata)
    {
        metadata = null;
        string? checksum = null;
        if (file.Length < 8)
            throw new FormatException("The weights end before their header.");
        long length = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (length < 2 || length > Math.Min(LongestHeader, file.Length - 8))
            throw new FormatException($"The stated length of the weights' header is {length} bytes; the file has {file.Length - 8} after it.");
        ReadOnlySpan<byte> data = file[(8 + (int)length)..];
        var places = new List<Place>();
        try
        {
            using JsonDocument header = JsonDocument.Parse(file.Slice(8, (int)length).ToArray());
            foreach (JsonProperty entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name != MetadataEntry)
                    places.Add(Place.Of(entry));
                else
                    (metadata, checksum) = (Text(entry.Value, MetadataKey), Text(entry.Value, ChecksumKey));
            }
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"The weights' header is damaged: {damage.Message}", damage);
        }

        MustFill(places, data.Length);
        Weights weights = Weights(places, data);
        return metadata is null || checksum == Checksum(metadata, weights)
            ? weights
            : throw new FormatException("The weights' checksum is missing or wrong.");
    }

    /// <summary>The writer's own text in a file, without reading any values; null: none.</summary>
    /// <exception cref="FormatException">It does not have a complete header.</exception>
    public static string? ReadMetadata(Stream file)
    {
        var length = new byte[8];
        if (file.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8)
            throw new FormatException("The weights end before their header.");
        long size = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (size < 2 || size > Math.Min(LongestHeader, file.Length - 8))
            throw new FormatException($"The stated length of the weights' header is {size} bytes; the file has {file.Length - 8} after it.");
        var header = new byte[size];
        file.ReadExactly(header);
        using JsonDocument json = JsonDocument.Parse(header);
        return json.RootElement.TryGetProperty(MetadataEntry, out JsonElement own) ? Text(own, MetadataKey) : null;
    }

    private static string? Text(JsonElement metadata, string key) => metadata.TryGetProperty(key, out JsonElement text) ? text.GetString() : null;

    private static string Checksum(string? metadata, Weights weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(metadata ?? ""));
        foreach (Weight weight in weights)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{weight.Name} {string.Join(' ', weight.Shape)}\n"));
            hash.AppendData(MemoryMarshal.AsBytes(weight.Values.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void WriteHeader(Utf8JsonWriter json, Weights weights, string? metadata)
    {
        long offset = 0;
        json.WriteStartObject();
        if (metadata is not null)
        {
            json.WriteStartObject(MetadataEntry);
            json.WriteString(MetadataKey, metadata);
            json.WriteString(ChecksumKey, Checksum(metadata, weights));
            json.WriteEndObject();
        }

        foreach (Weight weight in weights)
        {
            json.WriteStartObject(weight.Name);
            json.WriteString("dtype", "F32");
            json.WriteStartArray("shape");
            foreach (int size in weight.Shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += (long)weight.Values.Length * sizeof(float));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // Checked before any value is read: overlapping weights would take more memory than the file.
    private static void MustFill(List<Place> places, int length)
    {
        long end = 0;
        foreach (Place place in places.OrderBy(place => place.Begin).ThenBy(place => place.End))
        {
            if (place.Begin < 0 || place.End < place.Begin || place.End > length)
                throw new FormatException($"The weight '{place.Name}' is outside the file's {length} bytes of values.");
            if (place.Begin != end)
                throw new FormatException($"The weight '{place.Name}' begins at byte {place.Begin} of the values; expected {end}, where the one "
                    + "before it ends.");
            end = place.End;
        }

        if (end != length)
            throw new FormatException($"The weights end at byte {end} of the values; the file has {length}.");
    }

    private static Weights Weights(List<Place> places, ReadOnlySpan<byte> data)
    {
        var weights = new Weights();
        try
        {
            foreach (Place place in places)
            {
                ReadOnlySpan<byte> bytes = data[(int)place.Begin..(int)place.End];
                weights.Add(new Weight(place.Name, place.Shape, new ValueList<float>(MemoryMarshal.Cast<byte, float>(bytes).ToArray())));
            }
        }
        catch (ArgumentException mismatch)
        {
            throw new FormatException(mismatch.Message, mismatch);
        }

        return weights;
    }

    /// <summary>The position of a weight's values, by the header.</summary>
    private sealed record Place(string Name, int[] Shape, long Begin, long End)
    {
        public static Place Of(JsonProperty entry)
        {
            if (entry.Value.GetProperty("dtype").GetString() is not "F32" and var type)
                throw new FormatException($"The weight '{entry.Name}' has type {type}; expected F32.");
            long[] shape = Numbers(entry, "shape"), offsets = Numbers(entry, "data_offsets");
            if (shape.Any(size => size is < 0 or > int.MaxValue) || shape.Aggregate(1.0, (product, size) => product * size) > int.MaxValue)
                throw new FormatException($"The weight '{entry.Name}' has an impossible shape: [{string.Join(", ", shape)}].");
            if (offsets.Length != 2 || (offsets[1] - offsets[0]) % sizeof(float) != 0)
                throw new FormatException($"The weight '{entry.Name}' must begin and end at two bytes that are a whole number of values apart; found "
                    + $"{string.Join(", ", offsets)}.");
            return new Place(entry.Name, [.. shape.Select(size => (int)size)], offsets[0], offsets[1]);
        }

        private static long[] Numbers(JsonProperty entry, string name) =>
            [.. entry.Value.GetProperty(name).EnumerateArray().Select(number => number.TryGetInt64(out long whole)
                ? whole
                : throw new FormatException($"The weight '{entry.Name}' has {number.GetRawText()} in its {name}; expected a whole number."))];
    }
}
