using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Distilled;

/// <summary>One flow in plain C#: x ← x · s + μ at all samples, in pieces that all cores share.</summary>
internal sealed class StudentFlow(NetworkPlan plan, Weights weights, bool isFirst)
{
    /// <summary>The limits of the logarithm of s: still a slope where nearly all is one of 256 classes, and no explosion.</summary>
    public const float LeastLog = -7.5f, LargestLog = 3;

    /// <summary>Added to the first flow's logarithm of s, so that untrained flows stay within the levels.</summary>
    public const float FirstLog = -2;

    // Small enough for the cache.
    private const int Piece = 2048;

    private readonly ManagedNetwork _network = new(plan, weights);
    private readonly int _field = plan.ReceptiveField ?? throw new ArgumentException("A flow needs a receptive field.", nameof(plan));

    public void Apply(StudentSound sound)
    {
        int samples = sound.X.Length, width = plan.InputSize;
        for (int t = 0; t < samples; t++)
            sound.Input[t * width] = t == 0 ? 0 : sound.X[t - 1];
        Parallel.For(0, (samples + Piece - 1) / Piece, piece => Apply(sound, piece * Piece, Math.Min(samples, (piece + 1) * Piece)));
    }

    private void Apply(StudentSound sound, int first, int end)
    {
        // The samples before it that the piece's outputs depend on are run again.
        int from = Math.Max(0, first - (_field - 1)), width = plan.InputSize;
        float[] output = _network.Run(sound.Input.AsSpan(from * width, (end - from) * width), sound.Static);
        for (int t = first; t < end; t++)
        {
            float mean = output[2 * (t - from)], scale = MathF.Exp(Math.Clamp(output[2 * (t - from) + 1] + (isFirst ? FirstLog : 0), LeastLog, LargestLog));
            sound.X[t] = sound.X[t] * scale + mean;
            sound.Mean[t] = sound.Mean[t] * scale + mean;
            sound.Scale[t] *= scale;
        }
    }
}
