using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Sessions;

/// <summary>
/// The states of a session: a mark, the model they belong to (<see cref="ModelIdentity"/>), whether states are carried, and per series its
/// key, three counters, the time of its last step and its block of floats; then the SHA-256 of all of these. Written and read as a stream,
/// because the states of many series may not fit into one block of memory.
/// </summary>
internal static class SessionFile
{
    private const int HashLength = SHA256.HashSizeInBytes;

    private enum TimeKind : byte
    {
        None,
        Date,
        Number,
    }

    private static ReadOnlySpan<byte> Mark => "MLNet.Sequence session 4\n"u8;

    // Without times.
    private static ReadOnlySpan<byte> TimelessMark => "MLNet.Sequence session 3\n"u8;

    // The hash of the model's whole file, keys in UTF-8, no lengths; series that were not in training were scaled by all others.
    private static ReadOnlySpan<byte> EarlierMark => "MLNet.Sequence session 2\n"u8;

    public static void Write(Stream stream, SequenceSession session, IEnumerable<KeyValuePair<string, SessionSeries>> series)
    {
        KeyValuePair<string, SessionSeries>[] all = [.. series.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var writer = new BinaryWriter(hashed))
        {
            writer.Write(Mark);
            ModelIdentity.Of(session.Model).Write(writer);
            writer.Write(session.CarriesState);
            writer.Write(all.Length);
            foreach ((string key, SessionSeries one) in all)
            {
                lock (one)
                    Write(writer, key, one);
            }
        }

        stream.Write(hash.Hash);
    }

    /// <param name="stream">The output of <see cref="Write(Stream, SequenceSession, IEnumerable{KeyValuePair{string, SessionSeries}})"/>.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="session">The session to continue.</param>
    /// <param name="begin">Makes a series without steps.</param>
    /// <exception cref="FormatException">The bytes are not the states of a session of this model.</exception>
    public static List<(string Key, SessionSeries Series)> Read(Stream stream, string name, SequenceSession session, Func<string, SessionSeries> begin)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        ReadOnlySpan<byte> mark = reader.ReadBytes(Mark.Length);
        bool earlier = mark.SequenceEqual(EarlierMark), timeless = earlier || mark.SequenceEqual(TimelessMark);
        if (!timeless && !mark.SequenceEqual(Mark))
            throw new FormatException($"'{name}' {Foreign(stream)}");
        if (!IsWhole(stream))
            throw new FormatException($"'{name}' is damaged: its checksum is wrong.");
        stream.Position = Mark.Length;
        string? difference = earlier ? EarlierDifference(reader, session.Model) : ModelIdentity.Read(reader).Difference(session.Model);
        if (difference is not null)
            throw new FormatException($"'{name}' holds the states of another model: {difference}");
        if (reader.ReadBoolean() != session.CarriesState)
            throw new FormatException(
                $"'{name}' is of a session that {(session.CarriesState ? "starts each window again" : "carries its state")}; this one does not.");
        var all = new Dictionary<string, SessionSeries>(StringComparer.Ordinal);
        int? count = earlier ? null : reader.ReadInt32();
        while (stream.Position < stream.Length - HashLength)
        {
            (string key, SessionSeries series) = Read(reader, (earlier, timeless), begin);
            if (earlier && !series.IsKnown)
                throw new FormatException(
                    $"'{name}' is of an older version, which scaled series that were not in training ('{key}') by all others: begin a new session.");
            if (!all.TryAdd(key, series))
                throw new FormatException(
                    $"'{name}' holds two series '{key}': an earlier version wrote it, which did not distinguish keys that end inside a character.");
        }

        if (count is { } expected && expected != all.Count)
            throw new FormatException($"'{name}' is damaged: it holds {all.Count} series instead of the stated {expected}.");
        return [.. all.Select(pair => (pair.Key, pair.Value))];
    }

    private static string Foreign(Stream stream)
    {
        FileKind? kind = FileKind.Of(stream);
        if (kind == FileKind.Session && stream.Length > Mark.Length + HashLength)
            return "holds the states of a session in the format of another version, or is damaged. Load it with that version, or step the series again.";
        return kind is null || kind == FileKind.Unknown || kind == FileKind.Session ? "holds no states of a session." : $"holds no states of a session: {kind}";
    }

    // Keys as they are in memory: text that is not valid UTF-16 stays unchanged.
    private static void Write(BinaryWriter writer, string key, SessionSeries series)
    {
        writer.Write(key.Length);
        writer.Write(MemoryMarshal.AsBytes(key.AsSpan()));
        writer.Write(series.Count);
        writer.Write(series.Whole);
        writer.Write(series.Outside);
        Write(writer, series.Time);
        writer.Write(series.State.Length);
        writer.Write(MemoryMarshal.AsBytes(series.State.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(series.Bounds is { } bounds ? bounds.State.AsSpan() : []));
    }

    private static void Write(BinaryWriter writer, TimePoint? time)
    {
        writer.Write((byte)(time is null ? TimeKind.None : time.Value.IsDate ? TimeKind.Date : TimeKind.Number));
        if (time is { IsDate: true, Date: var date })
        {
            writer.Write(date.Ticks);
            writer.Write(date.Offset.Ticks);
        }
        else if (time is { } number)
        {
            writer.Write(number.Number);
        }
    }

    private static TimePoint? Time(BinaryReader reader)
    {
        switch ((TimeKind)reader.ReadByte())
        {
            case TimeKind.None:
                return null;
            case TimeKind.Number:
                return new TimePoint(reader.ReadDouble());
            case TimeKind.Date when reader.ReadInt64() is var ticks && reader.ReadInt64() is var offset && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
                && Math.Abs(offset) <= TimeSpan.FromHours(14).Ticks && offset % TimeSpan.TicksPerMinute == 0:
                return new TimePoint(new DateTimeOffset(ticks, new TimeSpan(offset)));
            default:
                throw new FormatException("The time of the last step of a series is none.");
        }
    }

    private static (string Key, SessionSeries Series) Read(
        BinaryReader reader, (bool IsEarlier, bool IsTimeless) format, Func<string, SessionSeries> begin)
    {
        bool earlier = format.IsEarlier;
        string key = earlier ? reader.ReadString() : Key(reader);
        SessionSeries series = begin(key);
        (series.Count, series.Whole, series.Outside) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        series.Time = format.IsTimeless ? null : Time(reader);
        if (!earlier && reader.ReadInt32() is var length && length != series.State.Length)
            throw new FormatException($"The state of the series '{key}' has {length} values; this version keeps {series.State.Length}. Step the series again.");
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(series.State.AsSpan()));
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(series.Bounds is { } bounds ? bounds.State.AsSpan() : []));
        return (key, series);
    }

    private static string Key(BinaryReader reader)
    {
        int length = reader.ReadInt32();
        if (length < 0 || length > (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(char))
            throw new FormatException($"The stated length of a key of a series is {length} characters.");
        var characters = new char[length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(characters.AsSpan()));
        return new string(characters);
    }

    private static bool IsWhole(Stream stream)
    {
        long left = stream.Length - HashLength;
        if (left < Mark.Length + HashLength)
            return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (stream.Position = 0; left > 0;)
        {
            int read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0)
                return false;
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        stream.ReadExactly(buffer, 0, HashLength);
        return hash.GetCurrentHash().AsSpan().SequenceEqual(buffer.AsSpan(0, HashLength));
    }

    private static string? EarlierDifference(BinaryReader reader, SequenceModel model)
    {
        byte[] hash = reader.ReadBytes(HashLength);
        if (model.FileHash is { } known && hash.AsSpan().SequenceEqual(known))
            return null;
        // A model that was not read from the file of these states, but would be saved as the same file.
        using var bytes = new MemoryStream();
        model.Save(bytes);
        return hash.AsSpan().SequenceEqual(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)))
            ? null
            : "an earlier version wrote it, in which states belong to one model file. Load the model from that file.";
    }
}
