using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Memory;

/// <summary>Measures how the outputs of a subject change with the number of steps shown of its examples.</summary>
internal sealed class MemoryMeasurement(MemorySubject subject, MemoryOptions options)
{
    /// <summary>Examples whose influences are measured.</summary>
    public const int MostMoved = 64;

    private readonly int _longest = Enumerable.Range(0, subject.Sequences.Count).Max(subject.Length);

    private int Count => subject.Sequences.Count;

    /// <summary>Distances at which influence is measured: 0, 1, 2, 4, … below the longest.</summary>
    public static IEnumerable<int> Distances(int longest)
    {
        yield return 0;
        for (int back = 1; back < longest; back *= 2)
            yield return back;
    }

    /// <summary>The examples whose influences are measured, evenly spread.</summary>
    public static int[] Moved(int count)
    {
        int most = Math.Min(count, MostMoved);
        return [.. Enumerable.Range(0, most).Select(i => (int)((long)i * count / most))];
    }

    public MemoryReport Run()
    {
        float[][] full = Each(subject.RunWhole);
        double[] fullLosses = Losses(full);
        var intervals = new LossIntervals([.. Enumerable.Range(0, Count).Select(i => (long)i)], subject.Overlap, options.Confidence);
        int[] shown = [.. Shown()];
        var curve = new MemoryStep[shown.Length];
        for (int k = 0; k < shown.Length; k++)
        {
            float[][] outputs = Each(i => Truncated(i, shown[k], full[i]));
            double[] losses = Losses(outputs);
            curve[k] = Step(shown[k], (outputs, full), (losses, fullLosses), intervals.OfRatio([losses], [fullLosses], comparisons: 1));
        }

        return new MemoryReport
        {
            Metric = subject.Metric,
            FullMetric = fullLosses.Average(),
            Examples = Count,
            LongestExample = _longest,
            Tolerance = options.Tolerance,
            Confidence = options.Confidence,
            Steps = Enough(shown, k => curve[k].Excess),
            StepsLow = Enough(shown, k => curve[k].ExcessLow),
            StepsHigh = Enough(shown, k => curve[k].ExcessHigh),
            Curve = curve,
            ExcessEntropy = subject.LossOfNothing is { } nothing
                ? EntropyMeasurement.Of(steps => Losses(Each(i => Truncated(i, steps, full[i]))), [.. Enumerable.Range(0, Count).Select(nothing)], _longest,
                    intervals)
                : null,
            Influence = [.. Distances(_longest).Select(back => new StepInfluence { StepsBack = back, Perturbation = Perturb(back, full) })],
        };
    }

    private float[][] Each(Func<int, float[]> output)
    {
        var outputs = new float[Count][];
        for (int i = 0; i < Count; i++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            outputs[i] = output(i);
        }

        return outputs;
    }

    private IEnumerable<int> Shown()
    {
        if (options.Steps.Count > 0)
            return options.Steps.Where(steps => steps > subject.Lag && steps < _longest).Append(_longest).Distinct().Order();
        return Enumerable.Range(0, 30).Select(power => subject.Lag + (1 << power)).TakeWhile(steps => steps < _longest).Append(_longest);
    }

    private float[] Truncated(int example, int steps, float[] full) =>
        steps >= subject.Length(example) ? full : subject.RunOn(example, steps);

    private double[] Losses(float[][] outputs) => [.. outputs.Select((output, i) => subject.Loss(i, output))];

    private int Enough(int[] shown, Func<int, double> excess)
    {
        int k = shown.Length - 1;
        while (k > 0 && excess(k - 1) <= options.Tolerance)
            k--;
        return shown[k];
    }

    private static MemoryStep Step(
        int steps, (float[][] Now, float[][] Full) outputs, (double[] Now, double[] Full) losses, (double Low, double High) interval)
    {
        double sum = 0, most = 0;
        long values = 0;
        for (int i = 0; i < outputs.Now.Length; i++)
        {
            for (int j = 0; j < outputs.Now[i].Length; j++)
            {
                double change = Math.Abs((double)outputs.Now[i][j] - outputs.Full[i][j]);
                sum += change;
                most = Math.Max(most, change);
            }

            values += outputs.Now[i].Length;
        }

        double metric = losses.Now.Average();
        return new MemoryStep
        {
            Steps = steps,
            Metric = metric,
            // If the loss was 0 before, any loss is infinitely worse.
            Excess = LossIntervals.Excess(metric, losses.Full.Average()),
            ExcessLow = interval.Low,
            ExcessHigh = interval.High,
            MeanChange = sum / values,
            MaxChange = most,
        };
    }

    private double Perturb(int back, float[][] full)
    {
        double squares = 0;
        long values = 0;
        foreach (int example in Moved(Count))
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            float[] sequence = subject.Sequences[example];
            int at = sequence.Length - (back + 1) * subject.Features;
            if (at < 0)
                continue;
            float[] moved = [.. sequence];
            subject.Move(moved.AsSpan(at, subject.Features), new RandomStream(options.Seed, example, back));
            float[] output = subject.Run(example, moved, subject.Length(example));
            int first = subject.LastStepOutputs == 0 ? 0 : output.Length - subject.LastStepOutputs;
            for (int i = first; i < output.Length; i++)
                squares += ((double)output[i] - full[example][i]) * (output[i] - full[example][i]);
            values += output.Length - first;
        }

        return values == 0 ? double.NaN : Math.Sqrt(squares / values);
    }
}
