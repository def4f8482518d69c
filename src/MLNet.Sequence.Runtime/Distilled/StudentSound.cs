using MLNet.Sequence.Generation;

namespace MLNet.Sequence.Distilled;

/// <summary>A sound between the flows of a student: levels, and the parameters of their distributions.</summary>
internal sealed class StudentSound
{
    /// <param name="samples">Its length.</param>
    /// <param name="known">Values of a frame.</param>
    /// <param name="track">The conditions; null: none.</param>
    /// <param name="seed">The seed of the noise.</param>
    public StudentSound(int samples, int known, StepTrack? track, long seed)
    {
        var random = new RandomStream(seed);
        (X, Mean, Scale, Input) = (new float[samples], new float[samples], new float[samples], new float[samples * (1 + known)]);
        Static = track?.Static ?? [];
        for (int t = 0; t < samples; t++)
        {
            X[t] = Noise(random);
            Scale[t] = 1;
            // A step is read with the frame of the one after it: the sample before t has the frame of t.
            track?.CopyFrame(t - 1, Input.AsSpan(t * (1 + known) + 1, known));
        }
    }

    /// <summary>The levels, after the flows so far.</summary>
    public float[] X { get; }

    /// <summary>μ of each level, given the noise before it.</summary>
    public float[] Mean { get; }

    /// <summary>s of each level, given the noise before it.</summary>
    public float[] Scale { get; }

    /// <summary>[T, 1 + K]: the level before, filled by a flow, and the frame.</summary>
    public float[] Input { get; }

    /// <summary>The values that are the same at all samples.</summary>
    public float[] Static { get; }

    /// <summary>A draw from the standard logistic distribution.</summary>
    public static float Noise(RandomStream random)
    {
        double u = Math.Clamp(random.NextDouble(), 1e-7, 1 - 1e-7);
        return (float)Math.Log(u / (1 - u));
    }
}
