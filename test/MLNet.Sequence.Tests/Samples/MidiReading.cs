namespace MLNet.Sequence.Tests.Samples;

/// <summary>The content of a Standard MIDI File with one track, read byte by byte as in the specification.</summary>
internal sealed class MidiReading
{
    private readonly List<(int Start, int End, int Note)> _notes = [];
    private int _ticksPerQuarter, _end;

    public int MicrosecondsPerQuarter { get; private set; }

    public int Program { get; private set; } = -1;

    public int Velocity { get; private set; }

    public double Quarters => (double)_end / _ticksPerQuarter;

    public int Strikes => _notes.Count;

    public int[] Sounding(int quarter) =>
        [.. _notes.Where(note => note.Start <= quarter * _ticksPerQuarter && note.End > quarter * _ticksPerQuarter).Select(note => note.Note).Order()];

    public static MidiReading Of(byte[] file)
    {
        var reading = new MidiReading();
        int at = 0;
        Assert.AreEqual("MThd", Text(file, ref at));
        Assert.AreEqual(6, Number(file, ref at, 4));
        Assert.AreEqual(0, Number(file, ref at, 2), "format");
        Assert.AreEqual(1, Number(file, ref at, 2), "tracks");
        reading._ticksPerQuarter = Number(file, ref at, 2);
        Assert.AreEqual("MTrk", Text(file, ref at));
        int length = Number(file, ref at, 4);
        Assert.AreEqual(file.Length, at + length);
        reading.Play(file, at);
        return reading;
    }

    private void Play(byte[] file, int at)
    {
        var down = new Dictionary<int, int>();
        for (int time = 0; at < file.Length;)
        {
            time += Quantity(file, ref at);
            int status = Number(file, ref at, 1);
            switch (status)
            {
                case 0xFF:
                    int type = Number(file, ref at, 1), size = Quantity(file, ref at), value = Number(file, ref at, size);
                    if (type == 0x51)
                        MicrosecondsPerQuarter = value;
                    else
                        Assert.AreEqual((0x2F, 0, file.Length), (type, size, at), "the end of the track");
                    break;
                case 0xC0:
                    Program = Number(file, ref at, 1);
                    break;
                case 0x90:
                    down.Add(Number(file, ref at, 1), time);
                    Velocity = Number(file, ref at, 1);
                    break;
                case 0x80:
                    int note = Number(file, ref at, 1);
                    Number(file, ref at, 1);
                    Assert.IsTrue(down.Remove(note, out int start));
                    _notes.Add((start, time, note));
                    break;
                default:
                    Assert.Fail($"status {status:X}");
                    break;
            }

            _end = time;
        }

        Assert.IsEmpty(down);
    }

    private static string Text(byte[] file, ref int at) => string.Concat(file[at..(at += 4)].Select(letter => (char)letter));

    private static int Number(byte[] file, ref int at, int bytes)
    {
        int value = 0;
        for (int i = 0; i < bytes; i++)
            value = 256 * value + file[at++];
        return value;
    }

    private static int Quantity(byte[] file, ref int at)
    {
        int value = 0;
        while (file[at] >= 128)
            value = 128 * value + file[at++] - 128;
        return 128 * value + file[at++];
    }
}
