using System.Security.Cryptography;
using System.Text;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Sessions;

/// <summary>
/// The states of a session: a mark, the hash of the model's file, whether states are carried, and per series its key, three
/// counters and its block of floats; then the SHA-256 of all that.
/// </summary>
internal static class SessionFile
{
    private const int HashLength = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Mark => "MLNet.Sequence session 3\n"u8;

    // Scaled series that were not in training by the scaling of all.
    private static ReadOnlySpan<byte> OlderMark => "MLNet.Sequence session 2\n"u8;

    public static void Write(Stream stream, SequenceSession session, IEnumerable<KeyValuePair<string, SessionSeries>> series)
    {
        using var body = new MemoryStream();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Mark);
            writer.Write(ModelHash(session.Model));
            writer.Write(session.CarriesState);
            foreach ((string key, SessionSeries one) in series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                lock (one)
                    Write(writer, key, one);
            }
        }

        ReadOnlySpan<byte> bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        stream.Write(bytes);
        stream.Write(SHA256.HashData(bytes));
    }

    /// <exception cref="FormatException">The bytes are no states of a session of this model.</exception>
    public static List<(string Key, SessionSeries Series)> Read(byte[] file, string name, SequenceSession session, Func<string, SessionSeries> begin)
    {
        bool older = file.AsSpan().StartsWith(OlderMark);
        if (!older && !file.AsSpan().StartsWith(Mark))
            throw new FormatException($"'{name}' holds no states of a session.");
        if (file.Length < Mark.Length + 2 * HashLength + 1 || !SHA256.HashData(file.AsSpan(..^HashLength)).AsSpan().SequenceEqual(file.AsSpan(^HashLength..)))
            throw new FormatException($"'{name}' is damaged: its checksum is wrong.");
        using var reader = new BinaryReader(new MemoryStream(file, 0, file.Length - HashLength), Encoding.UTF8);
        reader.BaseStream.Position = Mark.Length;
        if (!reader.ReadBytes(HashLength).AsSpan().SequenceEqual(ModelHash(session.Model)))
            throw new FormatException($"'{name}' holds the states of another model.");
        if (reader.ReadBoolean() != session.CarriesState)
            throw new FormatException($"'{name}' is of a session that {(session.CarriesState ? "starts each window anew" : "carries its state")}; this one does not.");
        var all = new List<(string Key, SessionSeries Series)>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            string key = reader.ReadString();
            SessionSeries series = begin(key);
            if (older && !series.IsKnown)
                throw new FormatException($"'{name}' is of an older version, which scaled series that were not in training ('{key}') by all others: begin the session anew.");
            (series.Count, series.Whole, series.Outside) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
            foreach (ref float value in series.State.AsSpan())
                value = reader.ReadSingle();
            all.Add((key, series));
        }

        return all;
    }

    private static void Write(BinaryWriter writer, string key, SessionSeries series)
    {
        writer.Write(key);
        writer.Write(series.Count);
        writer.Write(series.Whole);
        writer.Write(series.Outside);
        foreach (float value in series.State)
            writer.Write(value);
    }

    private static byte[] ModelHash(SequenceModel model)
    {
        using var bytes = new MemoryStream();
        model.Save(bytes);
        return SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
