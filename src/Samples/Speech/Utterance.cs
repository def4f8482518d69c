namespace MLNet.Sequence.Samples.Speech;

/// <summary>A spoken sentence.</summary>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Samples">In [−1, 1].</param>
internal sealed record Utterance(string Speaker, float[] Samples);
