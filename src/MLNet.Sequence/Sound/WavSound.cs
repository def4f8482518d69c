namespace MLNet.Sequence;

/// <summary>Sound of one channel.</summary>
/// <param name="Samples">In [−1, 1], in the order of time.</param>
/// <param name="Rate">Samples per second.</param>
public sealed record WavSound(IReadOnlyList<float> Samples, int Rate)
{
    /// <summary>In [−1, 1], in the order of time.</summary>
    public IReadOnlyList<float> Samples { get; init => field = ValueList.Of(value); } = ValueList.Of(Samples);

    /// <summary>The samples as the 256 classes of μ-law (<see cref="MuLaw"/>), as a next-step model of tokens reads them.</summary>
    public byte[] ToMuLaw() => [.. Samples.Select(MuLaw.Encode)];
}
