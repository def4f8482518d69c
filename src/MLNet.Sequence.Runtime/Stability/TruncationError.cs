using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Stability;

/// <summary>What a model says of the last step of examples, and what it says when it is cut off.</summary>
internal sealed class TruncationError
{
    private readonly SequenceModel _model;
    private readonly IReadOnlyList<float[]> _examples;
    private readonly float[][] _whole;
    private readonly Dictionary<int, double> _known = [];

    /// <param name="model">The model.</param>
    /// <param name="examples">Standardised.</param>
    public TruncationError(SequenceModel model, IReadOnlyList<float[]> examples)
    {
        (_model, _examples) = (model, examples);
        _whole = [.. examples.Select(example => Last(model, example))];
        Longest = examples.Max(example => example.Length) / model.Task.InputSize;
    }

    /// <param name="model">The model.</param>
    /// <param name="examples">In the data's units.</param>
    public static TruncationError Of(SequenceModel model, IReadOnlyList<float[]> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        int width = model.Task.InputSize;
        if (examples.Count == 0)
            throw new ArgumentException("At least one example is needed to measure an error on.", nameof(examples));
        for (int i = 0; i < examples.Count; i++)
        {
            if (examples[i].Length == 0 || examples[i].Length % width != 0)
                throw new ArgumentException($"A sequence holds whole steps of {width} values, at least one; example {i} holds {examples[i].Length} values.", nameof(examples));
        }

        return new TruncationError(model, [.. examples.Select(example =>
        {
            float[] standardized = [.. example];
            model.Scaling.Pooled.ApplyOrMean(standardized);
            return standardized;
        })]);
    }

    /// <summary>Steps of the longest example: with so many nothing is cut off.</summary>
    public int Longest { get; }

    /// <summary>The largest difference of any output over all examples, in the units of what the model gives.</summary>
    public double Largest(int steps)
    {
        if (_known.TryGetValue(steps, out double known))
            return known;
        SequenceModel truncated = _model.Truncate(steps);
        double largest = 0;
        for (int i = 0; i < _examples.Count; i++)
        {
            float[] cut = Last(truncated, _examples[i]);
            for (int output = 0; output < cut.Length; output++)
                largest = Math.Max(largest, Math.Abs((double)cut[output] - _whole[i][output]));
        }

        return _known[steps] = largest;
    }

    // Differences of forecasts do not depend on a series' mean, only on its deviation: the pooled one stands for it.
    private static float[] Last(SequenceModel model, float[] example)
    {
        float[] output = model.Managed.Run(example);
        if (model.Task is NextStep)
            output = output[^model.Managed.OutputSize..];
        model.Task.Decode(output, model.Scaling.Pooled);
        return output;
    }
}
