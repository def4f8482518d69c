using System.Buffers.Binary;
using System.Runtime.InteropServices;
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
    private const string MetadataEntry = "__metadata__", MetadataKey = "text";

    /// <param name="stream">Written to.</param>
    /// <param name="weights">The values.</param>
    /// <param name="metadata">A text of the writer's own, under <c>__metadata__</c>; null: none.</param>
    public static void Write(Stream stream, Weights weights, string? metadata = null)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
            WriteHeader(json, weights, metadata);
        // Values start at a multiple of 8 bytes, as the format asks of writers: spaces fill the header.
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
        if (file.Length < 8)
            throw new FormatException("The weights end before their header.");
        long length = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (length < 2 || length > Math.Min(LongestHeader, file.Length - 8))
            throw new FormatException($"The weights' header is said to be {length} bytes long; the file has {file.Length - 8} after it.");
        ReadOnlySpan<byte> data = file[(8 + (int)length)..];
        var weights = new Weights();
        try
        {
            using JsonDocument header = JsonDocument.Parse(file.Slice(8, (int)length).ToArray());
            foreach (JsonProperty entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name != MetadataEntry)
                    weights.Add(ReadEntry(entry, data));
                else if (entry.Value.TryGetProperty(MetadataKey, out JsonElement text))
                    metadata = text.GetString();
            }
        }
        catch (ArgumentException mismatch)
        {
            throw new FormatException(mismatch.Message, mismatch);
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"The weights' header is damaged: {damage.Message}", damage);
        }

        return weights;
    }

    private static void WriteHeader(Utf8JsonWriter json, Weights weights, string? metadata)
    {
        long offset = 0;
        json.WriteStartObject();
        if (metadata is not null)
        {
            json.WriteStartObject(MetadataEntry);
            json.WriteString(MetadataKey, metadata);
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
            json.WriteNumberValue(offset += weight.Values.LongLength * sizeof(float));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static Weight ReadEntry(JsonProperty entry, ReadOnlySpan<byte> data)
    {
        if (entry.Value.GetProperty("dtype").GetString() is not "F32" and var type)
            throw new FormatException($"The weight '{entry.Name}' has type {type}; expected F32.");
        IEnumerable<long> Numbers(string name) => entry.Value.GetProperty(name).EnumerateArray().Select(number => number.GetInt64());
        long[] shape = [.. Numbers("shape")], offsets = [.. Numbers("data_offsets")];
        if (shape.Any(size => size is < 0 or > int.MaxValue))
            throw new FormatException($"The weight '{entry.Name}' has an impossible shape: [{string.Join(", ", shape)}].");
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > data.Length || (offsets[1] - offsets[0]) % sizeof(float) != 0)
            throw new FormatException($"The weight '{entry.Name}' lies outside of the file's {data.Length} bytes of values.");
        ReadOnlySpan<byte> bytes = data[(int)offsets[0]..(int)offsets[1]];
        return new Weight(entry.Name, [.. shape.Select(size => (int)size)], MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }
}
