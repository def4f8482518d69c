using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MLNet.Sequence.Tests.Model;

/// <summary>
/// Takes a model file apart and puts it together again with its checksum, like a program without the library:
/// a zip of model.json and weights.safetensors whose comment is the SHA-256 of all bytes before it, in hexadecimal.
/// </summary>
internal sealed class ModelArchive
{
    private const int HashLength = 64;

    public ModelArchive(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        Names = [.. zip.Entries.Select(entry => entry.FullName)];
        Json = JsonNode.Parse(Bytes(zip, "model.json"))!;
        Weights = Bytes(zip, "weights.safetensors");
        Comment = zip.Comment;
    }

    public IReadOnlyList<string> Names { get; }

    public JsonNode Json { get; set; }

    public byte[] Weights { get; set; }

    public string Comment { get; }

    public static string Checksum(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(SHA256.HashData(file[..^HashLength]));

    public byte[] ToFile(params IReadOnlyList<string> without)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.Comment = new string(' ', HashLength);
            foreach ((string name, byte[] bytes) in new[] { ("model.json", Encoding.UTF8.GetBytes(Json.ToJsonString())), ("weights.safetensors", Weights) })
            {
                if (without.Contains(name))
                    continue;
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }

        byte[] file = stream.ToArray();
        Encoding.ASCII.GetBytes(Checksum(file)).CopyTo(file, file.Length - HashLength);
        return file;
    }

    private static byte[] Bytes(ZipArchive zip, string name)
    {
        using Stream stream = zip.GetEntry(name)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
