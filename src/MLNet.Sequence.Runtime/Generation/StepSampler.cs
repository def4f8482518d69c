namespace MLNet.Sequence.Generation;

/// <summary>Draws steps of keys, or takes the numbers that a network predicts.</summary>
internal sealed class StepSampler(StepKind kind, ChannelScaling scaling, GenerationOptions options)
{
    private readonly RandomStream _random = new(options.Seed);

    /// <summary>A step in the data's units, and as the network's next input.</summary>
    public (double[] Step, float[] Seen) Draw(ReadOnlySpan<float> output)
    {
        if (kind == StepKind.MultiLabel)
        {
            float[] keys = Ring(output.ToArray());
            return (Array.ConvertAll(keys, key => (double)key), keys);
        }

        var step = new double[output.Length];
        scaling.Undo(output, step, step.Length);
        return (step, output.ToArray());
    }

    // Each key by its own probability; of the drawn ones, the most likely.
    private float[] Ring(float[] logits)
    {
        float[] keys = Array.ConvertAll(logits, logit => Sounds(logit) ? 1f : 0f);
        foreach (int key in Enumerable.Range(0, keys.Length).Where(key => keys[key] == 1).OrderByDescending(key => logits[key])
            .Skip(options.TopK ?? keys.Length))
            keys[key] = 0;
        return keys;
    }

    private bool Sounds(double logit) => options.Temperature == 0
        ? logit > 0
        : _random.NextDouble() < 1 / (1 + Math.Exp(-logit / options.Temperature));
}
