using Microsoft.ML.Data;

namespace MLNet.Sequence.Samples.Speech;

/// <summary>A piece of sound as a next-step model reads it.</summary>
internal sealed class SoundRow
{
    // 15 frames: short pieces make many steps of an epoch.
    private const int Length = 1200, Shortest = 400;

    /// <summary>The samples as classes of μ-law.</summary>
    [VectorType]
    public byte[] Classes { get; set; } = [];

    /// <summary>The frames, one after the other.</summary>
    [VectorType]
    public float[] Frames { get; set; } = [];

    public string Speaker { get; set; } = "";

    /// <summary>Pieces of 0.15 seconds.</summary>
    public static IEnumerable<SoundRow> Of(IEnumerable<Utterance> utterances) => utterances.SelectMany(one =>
    {
        SoundRow whole = Of(one);
        return Enumerable.Range(0, (one.Samples.Length + Length - 1) / Length).Select(piece => new SoundRow
        {
            Classes = [.. whole.Classes.Skip(piece * Length).Take(Length)],
            Frames = [.. whole.Frames.Skip(piece * Length / SoundFrames.Hop * SoundFrames.Size).Take(Length / SoundFrames.Hop * SoundFrames.Size)],
            Speaker = whole.Speaker,
        }).Where(row => row.Classes.Length >= Shortest);
    });

    /// <summary>A whole utterance.</summary>
    public static SoundRow Of(Utterance utterance) => new()
    {
        Classes = Array.ConvertAll(utterance.Samples, MuLaw.Encode),
        Frames = SoundFrames.Of(utterance.Samples),
        Speaker = utterance.Speaker,
    };

    /// <summary>Other samples with the same conditions.</summary>
    public SoundRow With(IEnumerable<int> classes) => new() { Classes = [.. classes.Select(one => (byte)one)], Frames = Frames, Speaker = Speaker };

    /// <summary>The samples in [−1, 1].</summary>
    public float[] Samples() => Array.ConvertAll(Classes, MuLaw.Decode);

    /// <summary>What a model needs to know to generate it.</summary>
    public ConditionValues Conditions() => new()
    {
        Frames = [.. Frames.Select(value => (double)value)],
        Keys = new Dictionary<string, string> { [nameof(Speaker)] = Speaker },
    };
}
