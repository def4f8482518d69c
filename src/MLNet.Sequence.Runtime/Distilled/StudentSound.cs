using MLNet.Sequence.Generation;

namespace MLNet.Sequence.Distilled;

/// <summary>A sound between the flows of a student: levels, and the parameters of their distributions.</summary>
internal sealed class StudentSound
{
    private readonly StepTrack? _track;

    /// <param name="samples">Its length.</param>
    /// <param name="track">The conditions; null: none.</param>
    /// <param name="seed">The seed of the noise.</param>
    public StudentSound(int samples, StepTrack? track, long seed)
    {
        var random = new RandomStream(seed);
        (_track, X, Mean, Scale) = (track, new float[samples], new float[samples], new float[samples]);
        Array.Fill(Scale, 1);
        for (int t = 0; t < samples; t++)
            X[t] = Noise(random);
    }

    /// <summary>The levels, after the flows so far.</summary>
    public float[] X { get; }

    /// <summary>μ of each level, given the noise before it.</summary>
    public float[] Mean { get; }

    /// <summary>s of each level, given the noise before it.</summary>
    public float[] Scale { get; }

    /// <summary>The values that are the same at all samples.</summary>
    public float[] Static => _track?.Static ?? [];

    /// <summary>The number of frames; without frames, one that is empty.</summary>
    public int FrameCount => Math.Max(1, _track?.FrameCount ?? 1);

    public ReadOnlySpan<float> Frame(int index) => _track is null ? [] : _track.Frame(index);

    /// <summary>The frame of a sample.</summary>
    // A step is read with the frame of the one after it: the sample before t has the frame of t.
    public int FrameOf(int t) => _track is null ? 0 : _track.FrameOf(t - 1);

    /// <summary>A draw from the standard logistic distribution.</summary>
    public static float Noise(RandomStream random)
    {
        double u = Math.Clamp(random.NextDouble(), 1e-7, 1 - 1e-7);
        return (float)Math.Log(u / (1 - u));
    }
}
