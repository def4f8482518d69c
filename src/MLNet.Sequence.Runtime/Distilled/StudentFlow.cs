using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Distilled;

/// <summary>One flow in plain C#: x ← x · s + μ at all samples, in pieces that all cores share.</summary>
internal sealed class StudentFlow(ParallelWaveNet student, NetworkPlan plan, Weights weights, bool isFirst)
{
    /// <summary>The limits of the logarithm of s: still a slope where nearly all is one of 256 classes, and no explosion.</summary>
    public const float LeastLog = -7.5f, LargestLog = 3;

    /// <summary>Added to the first flow's logarithm of s, so that untrained flows stay within the levels.</summary>
    public const float FirstLog = -2;

    // Long enough that little is run again.
    private const int Piece = 4096;

    private readonly FlowNetwork _network = new(student, plan, weights);
    private readonly int _field = plan.ReceptiveField ?? throw new ArgumentException("A flow needs a receptive field.", nameof(plan));

    public void Apply(StudentSound sound)
    {
        int samples = sound.X.Length;
        // Silence is before the first sample.
        float[] before = [0, .. sound.X.AsSpan(0, samples - 1)];
        float[][] start = _network.Start(sound);
        Parallel.For(0, (samples + Piece - 1) / Piece, piece =>
        {
            int first = piece * Piece, end = Math.Min(samples, first + Piece);
            // The samples before it that the piece's outputs depend on are run again.
            int from = Math.Max(0, first - (_field - 1));
            Move(sound, first, _network.Run(before.AsSpan(from, end - from), from, sound, start).AsSpan(2 * (first - from)));
        });
    }

    private void Move(StudentSound sound, int first, ReadOnlySpan<float> output)
    {
        for (int i = 0; i < output.Length / 2; i++)
        {
            float mean = output[2 * i], scale = MathF.Exp(Math.Clamp(output[2 * i + 1] + (isFirst ? FirstLog : 0), LeastLog, LargestLog));
            sound.X[first + i] = sound.X[first + i] * scale + mean;
            sound.Mean[first + i] = sound.Mean[first + i] * scale + mean;
            sound.Scale[first + i] *= scale;
        }
    }
}
