namespace MLNet.Sequence;

/// <summary>Sound of one channel, as samples at a fixed rate.</summary>
/// <param name="Samples">The samples in the order of time, each in [−1, 1].</param>
/// <param name="Rate">Samples per second, such as 8000 for a telephone.</param>
public sealed record WavSound(IReadOnlyList<float> Samples, int Rate)
{
    /// <summary>The samples in the order of time, each in [−1, 1].</summary>
    public IReadOnlyList<float> Samples { get; init => field = ValueList.Of(value); } = ValueList.Of(Samples);

    /// <summary>The samples as the 256 classes of μ-law (<see cref="MuLaw"/>), as a next-step model of tokens reads them.</summary>
    public byte[] ToMuLaw() => [.. Samples.Select(MuLaw.Encode)];
}
