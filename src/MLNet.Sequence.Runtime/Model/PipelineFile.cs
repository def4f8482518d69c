using System.IO.Compression;
using System.Text;

namespace MLNet.Sequence.Model;

/// <summary>
/// A file of <c>ml.Model.Save</c>: a zip with a folder for each transform, whose header names the transform's loader. That of a sequence
/// model has the bytes of its own file.
/// </summary>
internal static class PipelineFile
{
    private const string Root = "TransformerChain", Header = "Model.key", Part = "Model", Transform = "Transform_";
    private const int LoaderStart = 0x50, LoaderLength = 24;
    private const string Chain = Root, Own = "MLNet.Sequence";

    /// <summary>The bytes of the only sequence model among the transforms.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="alone">Whether further transforms are left out; otherwise they are an error.</param>
    /// <exception cref="FormatException">There is no sequence model, or more than one; or there are further transforms.</exception>
    public static byte[] ReadModel(Stream file, bool alone)
    {
        file.Position = 0;
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        (string Folder, string Loader)[] transforms = [.. zip.Entries.Where(IsHeader)
            .Select(entry => (Folder(entry), Loader(ModelFile.ReadAll(entry, file.Length))))
            .Where(transform => transform.Item2 != Chain)
            .OrderBy(transform => transform.Item1, StringComparer.Ordinal)];
        ZipArchiveEntry?[] parts = [.. transforms.Select(transform => transform.Loader == Own ? Find(zip, $"{transform.Folder}/{Part}") : null)];
        ZipArchiveEntry[] models = [.. parts.OfType<ZipArchiveEntry>()];
        string[] others = [.. transforms.Zip(parts).Where(pair => pair.Second is null).Select(pair => pair.First.Loader)];
        if (models.Length != 1)
        {
            throw new FormatException($"it is a model of ML.NET with {models.Length} sequence models among its {transforms.Length} transforms"
                + $"{(others.Length > 0 ? $" ({string.Join(", ", others)})" : "")}; expected one. ml.Model.Load reads it.");
        }

        if (others.Length > 0 && !alone)
        {
            throw new FormatException($"it is a model of ML.NET whose chain has other transforms beside the sequence model: {string.Join(", ", others)}. They "
                + "need ML.NET: ml.Model.Load reads the whole chain. SequenceModel.Load(path, alone: true) reads the sequence model without them; what it is "
                + "given must then be what they would give.");
        }

        return ModelFile.ReadAll(models[0], file.Length);
    }

    // TransformerChain/Model.key of a single transform, TransformerChain/Transform_001/Model.key of one in a chain, and so on in a chain within a chain.
    private static bool IsHeader(ZipArchiveEntry entry)
    {
        string[] parts = Path(entry).Split('/');
        return parts.Length >= 2 && parts[0] == Root && parts[^1] == Header
            && parts[1..^1].All(part => part.StartsWith(Transform, StringComparison.Ordinal));
    }

    private static string Folder(ZipArchiveEntry header) => Path(header)[..^(Header.Length + 1)];

    private static string Loader(byte[] header) => header.Length < LoaderStart + LoaderLength
        ? throw new FormatException("it is a model of ML.NET, and damaged: the header of a transform is cut.")
        : Encoding.ASCII.GetString(header, LoaderStart, LoaderLength).TrimEnd('\0');

    private static ZipArchiveEntry? Find(ZipArchive zip, string path) => zip.Entries.FirstOrDefault(entry => Path(entry) == path);

    // On Windows, ML.NET wrote the other slash.
    private static string Path(ZipArchiveEntry entry) => entry.FullName.Replace('\\', '/');
}
