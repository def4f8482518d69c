using System.Text;
using System.Text.Json.Nodes;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tests.Model;

namespace MLNet.Sequence.Tests.Training;

/// <summary>
/// A checkpoint with a change in its state, its header or its tensors and with a corrected checksum, as in a file that was made on purpose.
/// </summary>
internal static class FuzzedCheckpoint
{
    private static readonly string[] Names = ["", "values", "best", "../../above", "0", "optimizer.mean", new('n', 3_000)];

    private static readonly float[] Others =
        [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -float.MaxValue, float.Epsilon, 0, -1, 1e20f];

    public static byte[] Inside(byte[] file, RandomStream random)
    {
        Weights tensors = Safetensors.Read(file, out string? state);
        return random.NextInt64(10) switch
        {
            <= 4 => Write(tensors, JsonMutation.Apply(JsonNode.Parse(state!)!, random, Names)),
            5 => Write(tensors, Encoding.UTF8.GetString(ByteMutation.Apply(Encoding.UTF8.GetBytes(state!), random))),
            6 => FuzzedFile.WithHeader(Bare(file), random),
            7 => Write(Values(tensors, random), state!),
            _ => Write(Shapes(tensors, random), state!),
        };
    }

    private static byte[] Write(IEnumerable<Weight> tensors, string state)
    {
        var all = new Weights();
        foreach (Weight tensor in tensors)
            all.Add(tensor);
        using var stream = new MemoryStream();
        Safetensors.Write(stream, all, state);
        return stream.ToArray();
    }

    // Renames the checksum, which is checked last, so that the file has none.
    private static byte[] Bare(byte[] file)
    {
        byte[] bare = [.. file];
        "nohash"u8.CopyTo(bare.AsSpan(bare.AsSpan().IndexOf("sha256"u8)));
        return bare;
    }

    private static List<Weight> Values(Weights tensors, RandomStream random)
    {
        List<Weight> all = [.. tensors];
        int which = (int)random.NextInt64(all.Count);
        float[] values = [.. all[which].Values];
        for (long i = random.NextInt64(3); i >= 0; i--)
            values[random.NextInt64(values.Length)] = Others[random.NextInt64(Others.Length)];
        all[which] = all[which] with { Values = new(values) };
        return all;
    }

    private static List<Weight> Shapes(Weights tensors, RandomStream random)
    {
        List<Weight> all = [.. tensors];
        int which = (int)random.NextInt64(all.Count);
        Weight one = all[which];
        int length = random.NextInt64(3) == 0 ? 1 : (int)random.NextInt64(one.Values.Length + 1);
        switch (random.NextInt64(6))
        {
            case 0:
                all.RemoveAt(which);
                break;
            case 1:
                all[which] = one with { Name = one.Name + "x" };
                break;
            case 2:
                all.Add(one with { Name = "state.other" });
                break;
            case 3:
                all[which] = one with { Shape = new([1, .. one.Shape]) };
                break;
            case 4:
                all[which] = one with { Shape = new([0, int.MaxValue]), Values = new([]) };
                break;
            default:
                all[which] = one with { Shape = new([length]), Values = new(one.Values.Items[..length]) };
                break;
        }

        return all;
    }
}
