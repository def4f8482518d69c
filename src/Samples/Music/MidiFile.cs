using System.Buffers.Binary;

namespace MLNet.Sequence.Samples.Music;

/// <summary>How the steps of a piano roll are played.</summary>
internal sealed record MidiOptions
{
    /// <summary>The MIDI note of a step's first key; 0 to 127. Default 21, the lowest key of a piano.</summary>
    public int LowestNote { get; init; } = 21;

    /// <summary>Tempo in steps per minute, from 4 to 60 million. Default 100.</summary>
    public double StepsPerMinute { get; init; } = 100;

    /// <summary>Whether a key that is down in two consecutive steps is struck again; otherwise it is held. Default false.</summary>
    public bool Strike { get; init; }

    /// <summary>How hard keys are struck; 1 to 127. Default 80.</summary>
    public int Velocity { get; init; } = 80;

    /// <summary>The instrument: its General MIDI number minus 1; 0 to 127. Default 0, a grand piano.</summary>
    public int Program { get; init; }
}

/// <summary>
/// A piano roll as a Standard MIDI File of format 0: one track, one step a quarter note (MIDI Manufacturers Association,
/// Standard MIDI Files 1.0, RP-001).
/// </summary>
internal static class MidiFile
{
    private const int TicksPerStep = 480;

    /// <summary>Writes the steps of a piano roll as the notes of a track.</summary>
    /// <param name="stream">The stream to write to; it need not support seeking.</param>
    /// <param name="roll">The keys of each step, the lowest first; a key above ½ is down.</param>
    /// <param name="options">How the roll is played; null: the defaults of <see cref="MidiOptions"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a key is above note 127. One message names all problems.</exception>
    public static void Write(Stream stream, IReadOnlyList<float[]> roll, MidiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(roll);
        options ??= new MidiOptions();
        Validate(roll, options);
        using var track = new MemoryStream();
        WriteTrack(track, roll, options);

        Span<byte> header = stackalloc byte[22];
        "MThd"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], 6);
        BinaryPrimitives.WriteInt16BigEndian(header[8..], 0); // format
        BinaryPrimitives.WriteInt16BigEndian(header[10..], 1); // tracks
        BinaryPrimitives.WriteInt16BigEndian(header[12..], TicksPerStep);
        "MTrk"u8.CopyTo(header[14..]);
        BinaryPrimitives.WriteInt32BigEndian(header[18..], (int)track.Length);
        stream.Write(header);
        track.WriteTo(stream);
    }

    private static void Validate(IReadOnlyList<float[]> roll, MidiOptions options)
    {
        var problems = new List<string>();
        void Need(bool holds, FormattableString problem)
        {
            if (!holds)
                problems.Add(FormattableString.Invariant(problem));
        }

        int keys = roll.Count == 0 ? 0 : roll.Max(step => step.Length);
        Need(options.LowestNote >= 0 && options.LowestNote + keys <= 128, $"{keys} keys from note {options.LowestNote} on are not within 0 … 127.");
        Need(options.StepsPerMinute > 60e6 / 0xFFFFFF && options.StepsPerMinute <= 60e6,
            $"StepsPerMinute must be from 4 to 60 million; found {options.StepsPerMinute}.");
        Need(options.Velocity is >= 1 and <= 127, $"Velocity must be from 1 to 127; found {options.Velocity}.");
        Need(options.Program is >= 0 and <= 127, $"Program must be from 0 to 127; found {options.Program}.");
        if (problems.Count > 0)
            throw new ArgumentException("The piano roll cannot be written. " + string.Join(" ", problems));
    }

    private static void WriteTrack(MemoryStream track, IReadOnlyList<float[]> roll, MidiOptions options)
    {
        int tempo = (int)Math.Round(60e6 / options.StepsPerMinute); // microseconds in a quarter note
        track.Write([0, 0xFF, 0x51, 3, (byte)(tempo >> 16), (byte)(tempo >> 8), (byte)tempo]);
        track.Write([0, 0xC0, (byte)options.Program]);
        var down = new SortedSet<int>();
        int elapsed = 0;
        void Event(byte status, int note, int velocity)
        {
            WriteLength(track, elapsed);
            track.Write([status, (byte)note, (byte)velocity]);
            elapsed = 0;
        }

        foreach (float[] step in roll.Append([]))
        {
            int[] next = [.. Enumerable.Range(0, step.Length).Where(key => step[key] > 0.5f).Select(key => key + options.LowestNote)];
            foreach (int note in options.Strike ? [.. down] : down.Except(next).ToArray())
            {
                Event(0x80, note, 64);
                down.Remove(note);
            }

            foreach (int note in next.Where(down.Add))
                Event(0x90, note, options.Velocity);
            elapsed += TicksPerStep;
        }

        // The end of the track is the end of the last step.
        WriteLength(track, elapsed - TicksPerStep);
        track.Write([0xFF, 0x2F, 0]);
    }

    // A variable-length quantity: seven bits per byte, highest first; the top bit is set in all bytes but the last.
    private static void WriteLength(MemoryStream track, int value)
    {
        for (int shift = 21; shift > 0; shift -= 7)
        {
            if (value >> shift != 0)
                track.WriteByte((byte)(0x80 | value >> shift & 0x7F));
        }

        track.WriteByte((byte)(value & 0x7F));
    }
}
