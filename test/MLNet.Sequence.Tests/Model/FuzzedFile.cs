using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Model;

/// <summary>
/// A file of the library with one change, which its number and a seed decide. The change is in the bytes of the file or in a part inside
/// it, with a corrected checksum, as in a file that was made on purpose.
/// </summary>
internal static class FuzzedFile
{
    private const int Bomb = 64 << 20;

    private static readonly string[] Names =
        [.. Architecture.Names, .. LayerConverter.Saved.Names, "forecasting", "next-step", "sequence-classification",
            "sequence-tagging", "Token", "Chain", "Mask", "x", "y", ""];

    private static readonly Lazy<byte[]> Blanks = new(() => [.. Enumerable.Repeat((byte)' ', Bomb)]);

    /// <summary>A changed model file.</summary>
    public static byte[] Model(byte[] file, RandomStream random)
    {
        switch (random.NextInt64(10))
        {
            case 0:
                return ByteMutation.Apply(file, random);
            case 1 or 2:
                return Hashed(ByteMutation.Apply(file, random));
            case <= 6:
                var json = new ModelArchive(file);
                return Zip(Encoding.UTF8.GetBytes(JsonMutation.Apply(json.Json, random, Names)), json.Weights, random);
            case 7:
                var header = new ModelArchive(file);
                return Zip(Text(header), WithHeader(header.Weights, random), random);
            case 8:
                var values = new ModelArchive(file);
                return Zip(Text(values), WithValues(values.Weights, random), random);
            default:
                var parts = new ModelArchive(file);
                return random.NextInt64(50) == 0
                    ? Zip([.. Text(parts), .. Blanks.Value], parts.Weights, random, CompressionLevel.Fastest)
                    : Zip(ByteMutation.Apply(Text(parts), random), ByteMutation.Apply(parts.Weights, random), random);
        }
    }

    /// <summary>A changed session file: bytes or a field, and the hash at its end corrected.</summary>
    public static byte[] Session(byte[] file, RandomStream random)
    {
        byte[] body = ByteMutation.Apply(file[..^SHA256.HashSizeInBytes], random);
        return random.NextInt64(10) == 0 ? body : [.. body, .. SHA256.HashData(body)];
    }

    /// <summary>Weights with a changed JSON header and its correct length.</summary>
    public static byte[] WithHeader(byte[] weights, RandomStream random)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(weights);
        string header = JsonMutation.Apply(JsonNode.Parse(weights.AsSpan(8, length))!, random, Names);
        byte[] text = Encoding.UTF8.GetBytes(header), file = [.. new byte[8], .. text, .. weights[(8 + length)..]];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        return file;
    }

    private static byte[] WithValues(byte[] weights, RandomStream random)
    {
        byte[] file = [.. weights];
        Span<float> values = MemoryMarshal.Cast<byte, float>(file.AsSpan(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file)));
        float[] others = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -float.MaxValue, float.Epsilon, 0, 1e20f];
        for (long i = random.NextInt64(3); i >= 0; i--)
            values[(int)random.NextInt64(values.Length)] = others[random.NextInt64(others.Length)];
        return file;
    }

    private static byte[] Text(ModelArchive archive) => Encoding.UTF8.GetBytes(archive.Json.ToJsonString());

    private static byte[] Zip(byte[] json, byte[] weights, RandomStream random, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.Comment = new string(' ', 64);
            foreach ((string name, byte[] bytes) in new[] { ("model.json", json), ("weights.safetensors", weights) })
            {
                if (random.NextInt64(200) == 0)
                    continue;
                using Stream entry = zip.CreateEntry(name, random.NextInt64(2) == 0 ? level : CompressionLevel.Fastest).Open();
                entry.Write(bytes);
            }
        }

        return Hashed(stream.ToArray());
    }

    private static byte[] Hashed(byte[] file)
    {
        if (file.Length >= 64)
            Encoding.ASCII.GetBytes(ModelArchive.Checksum(file)).CopyTo(file, file.Length - 64);
        return file;
    }
}
