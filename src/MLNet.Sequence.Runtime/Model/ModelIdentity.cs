using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Model;

/// <summary>
/// The parts that determine a model's numbers: architecture and task by their meaning, weights and scaling by a hash. A property that a
/// later version adds has its default for files of earlier versions, and changes nothing.
/// </summary>
/// <param name="Architecture">As JSON.</param>
/// <param name="Task">As JSON.</param>
/// <param name="Numbers">SHA-256 of the weights by name and of the scaling by series.</param>
internal sealed record ModelIdentity(string Architecture, string Task, byte[] Numbers)
{
    public static ModelIdentity Of(SequenceModel model) =>
        new(Text(model.Architecture), ModelFile.TaskJson(model.Task).ToJsonString(), Hash(model.Weights, model.Scaling));

    public static ModelIdentity Read(BinaryReader reader)
    {
        (string architecture, string task) = (reader.ReadString(), reader.ReadString());
        return new ModelIdentity(architecture, task, reader.ReadBytes(SHA256.HashSizeInBytes));
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Architecture);
        writer.Write(Task);
        writer.Write(Numbers);
    }

    /// <summary>The difference between two models, as a sentence; null if they give the same numbers.</summary>
    public string? Difference(SequenceModel model)
    {
        ModelIdentity other = Of(model);
        if (Now(Architecture, json => Text(MLNet.Sequence.Architecture.FromJson(json))) is var architecture && architecture != other.Architecture)
            return $"it has the architecture {architecture}, this one {other.Architecture}.";
        if (Now(Task, json => ModelFile.TaskJson(ModelFile.ReadTask(json)).ToJsonString()) is var task && task != other.Task)
            return $"it has the task {task}, this one {other.Task}.";
        return Numbers.AsSpan().SequenceEqual(other.Numbers) ? null : "architecture and task are the same, its weights or its scaling are not.";
    }

    private static string Text(Architecture architecture) => JsonSerializer.Serialize(architecture, ArchitectureJson.Default.Architecture);

    // In the form of this version; unknown parts stay unchanged.
    private static string Now(string json, Func<JsonNode?, string> read)
    {
        try
        {
            return read(JsonNode.Parse(json));
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static byte[] Hash(Weights weights, SeriesScaling scaling)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add<T>(string name, ReadOnlySpan<T> values) where T : unmanaged
        {
            // Lengths first, so that different lists of blocks never give the same bytes.
            hash.AppendData(BitConverter.GetBytes((long)name.Length));
            hash.AppendData(MemoryMarshal.AsBytes(name.AsSpan()));
            hash.AppendData(BitConverter.GetBytes((long)values.Length));
            // A span of bytes holds fewer values than an array.
            for (int i = 0; i < values.Length; i += 1 << 24)
                hash.AppendData(MemoryMarshal.AsBytes(values.Slice(i, Math.Min(1 << 24, values.Length - i))));
        }

        foreach (Weight weight in weights.OrderBy(weight => weight.Name, StringComparer.Ordinal))
        {
            Add<int>(weight.Name, weight.Shape.Items);
            Add<float>("", weight.Values.Items);
        }

        Add<double>("pooled", scaling.Pooled.Mean.Items);
        Add<double>("", scaling.Pooled.Deviation.Items);
        foreach ((string key, ChannelScaling own) in scaling.BySeries.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add<double>(key, own.Mean.Items);
            Add<double>("", own.Deviation.Items);
        }

        return hash.GetHashAndReset();
    }
}
