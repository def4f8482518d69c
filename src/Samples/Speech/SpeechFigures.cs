using System.Globalization;

namespace MLNet.Sequence.Samples.Speech;

/// <summary>What speech measures.</summary>
internal sealed record SpeechFigures
{
    public required double TeacherBits { get; init; }

    public required double LstmBits { get; init; }

    /// <summary>By n, from 1.</summary>
    public required double[] GramBits { get; init; }

    public required ParameterCounts Parameters { get; init; }

    /// <summary>The teacher's judgement in nats per sample of recordings, of its own samples, of the student's, and of silence.</summary>
    public required Judgement Judged { get; init; }

    /// <summary>The student's entropy in nats per sample.</summary>
    public required double StudentEntropy { get; init; }

    /// <summary>The largest difference in decibels from the teacher's samples, over bands, of the student's samples and of silence.</summary>
    public required Decibels Bands { get; init; }

    /// <summary>Samples per second of recomputation, of cached steps, and of the student.</summary>
    public required SamplesPerSecond Speed { get; init; }

    public bool StudentIsFast => Speed.Student >= 20 * Speed.Stepped;

    public bool StudentIsLikely => Math.Abs(Judged.Student - Judged.Own) <= 0.5;

    public bool EntropyIsAlike => Math.Abs(StudentEntropy - Judged.Own) <= 0.5;

    public bool BandsAreAlike => Bands.Student <= 3;

    public bool SilenceFails => Bands.Silence > 3;

    public IEnumerable<string> Lines()
    {
        string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        string Met(bool isMet) => isMet ? "met" : "missed";
        yield return F($"Bits per sample on test sentences: WaveNet {TeacherBits:F3}; LSTM of equal size {LstmBits:F3}; ")
            + string.Join(", ", GramBits.Select((bits, i) => F($"{i + 1}-gram {bits:F3}"))) + ".";
        yield return F($"Parameters: WaveNet {Parameters.Teacher:N0}, LSTM {Parameters.Lstm:N0}, student {Parameters.Student:N0}.");
        yield return F($"Judged by the teacher, nats per sample: its own samples {Judged.Own:F3}, the student's {Judged.Student:F3} ")
            + F($"(within .5: {Met(StudentIsLikely)}), recordings {Judged.Recorded:F3}, silence {Judged.Silence:F3}.");
        yield return F($"Entropy, nats per sample: teacher {Judged.Own:F3}, student {StudentEntropy:F3} (within .5: {Met(EntropyIsAlike)}).");
        yield return F($"Power of the student's samples in {SoundFrames.Bands} bands: within {Bands.Student:F1} dB of the teacher's ")
            + F($"(3 dB: {Met(BandsAreAlike)}); silence differs by {Bands.Silence:F1} dB ({(SilenceFails ? "fails, as it must" : "does not fail")}).");
        yield return F($"Samples per second in plain C#: recomputed {Speed.Recomputed:N0}, stepped with cached states {Speed.Stepped:N0}, student ")
            + F($"{Speed.Student:N0}, {Speed.Student / Speed.Stepped:F0} times the steps (20 times: {Met(StudentIsFast)}).");
    }

    internal sealed record ParameterCounts(long Teacher, long Lstm, long Student);

    internal sealed record Judgement(double Recorded, double Own, double Student, double Silence);

    internal sealed record Decibels(double Student, double Silence);

    internal sealed record SamplesPerSecond(double Recomputed, double Stepped, double Student);
}
