using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Memory;

/// <summary>A model's outputs for the last step of examples, and its outputs when its backbone sees only their last steps.</summary>
internal sealed class TruncationError
{
    private readonly SequenceModel _model;
    private readonly MemorySubject _subject;
    private readonly ChannelScaling[] _scalings;
    private readonly float[][] _whole;
    private readonly TagChain? _chain;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<int, double> _known = [];

    /// <param name="model">The model.</param>
    /// <param name="examples">Standardised.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public TruncationError(SequenceModel model, IReadOnlyList<MemoryExample> examples, CancellationToken cancellation = default)
    {
        (_model, _cancellation) = (model, cancellation);
        _scalings = [.. examples.Select(example => example.Scaling ?? model.Scaling.Pooled)];
        _subject = ModelMemory.Subject(model, examples, new MemoryOptions());
        _chain = model.Task.Chain(model.Weights);
        Outside = examples.Count(example => !model.CertificateCovers(example.Sequence, example.Beside));
        Count = examples.Count;
        _whole = [.. examples.Select((_, i) => Output(i, _subject.Length(i)))];
        Longest = Enumerable.Range(0, examples.Count).Max(_subject.Length);
    }

    /// <summary>Steps of the longest example: with this many steps nothing is cut off.</summary>
    public int Longest { get; }

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    /// <summary>Examples with an input outside the range that the model's certificate assumes: nothing is proved about them.</summary>
    public int Outside { get; }

    /// <param name="model">The model.</param>
    /// <param name="examples">In the data's units.</param>
    /// <param name="series">The series of each example, whose scaling standardises it; null: the scaling of all series.</param>
    /// <exception cref="ArgumentException">There is no example, or one does not hold a whole number of steps.</exception>
    public static TruncationError Of(SequenceModel model, IReadOnlyList<float[]> examples, IReadOnlyList<string>? series = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0)
            throw new ArgumentException("At least one example is needed to measure an error on.", nameof(examples));
        if (series is not null && series.Count != examples.Count)
            throw new ArgumentException($"Expected the series of each of {examples.Count} examples; found {series.Count}.", nameof(series));
        if (series is null && model.Scaling.BySeries.Count > 0)
        {
            throw new ArgumentException(
                $"The model standardises each of its {model.Scaling.BySeries.Count} series by itself, so errors depend on the series: name the series "
                    + "of each example.", nameof(series));
        }

        return new TruncationError(model, [.. examples.Select((example, i) => Standardized(model, (example, i), series?[i]))]);
    }

    /// <summary>The largest difference of any output over all examples, in the units of the model's output.</summary>
    public double Largest(int steps)
    {
        if (_known.TryGetValue(steps, out double known))
            return known;
        double largest = 0;
        for (int i = 0; i < _whole.Length; i++)
        {
            if (steps >= _subject.Length(i))
                continue;
            float[] cut = Output(i, steps);
            for (int output = 0; output < cut.Length; output++)
                largest = Math.Max(largest, Math.Abs((double)cut[output] - _whole[i][output]));
        }

        return _known[steps] = largest;
    }

    /// <summary>The smallest number of steps that keeps a tolerance on all examples.</summary>
    public int StepsFor(double tolerance)
    {
        int lag = _subject.Lag, enough = lag + 1;
        while (enough < Longest && Largest(enough) > tolerance)
            enough = Math.Min(lag + 2 * (enough - lag), Longest);
        // Between the last number that was not enough and the first that was. Errors need not fall monotonically, so the result is a measured number.
        for (int low = lag + (enough - lag) / 2; enough - low > 1;)
        {
            int middle = (low + enough) / 2;
            if (Largest(middle) <= tolerance)
                enough = middle;
            else
                low = middle;
        }

        return enough;
    }

    /// <summary>The model over the smallest number of last steps that a tolerance allows: proved if possible, otherwise measured.</summary>
    /// <exception cref="ArgumentException">The architecture is not causal.</exception>
    public TruncationReport Truncate(double tolerance)
    {
        MemoryCertificate certificate = _model.Certificate;
        int? proved = Outside == 0 ? certificate.StepsFor(tolerance) : null;
        bool certified = certificate.IsCertified && proved is not null;
        int steps = proved ?? StepsFor(tolerance);
        double largest = Largest(steps);
        return new TruncationReport
        {
            Model = _model.Truncate(steps),
            Steps = steps,
            Bound = certified ? certificate.ErrorAfter(steps) : largest,
            LargestError = largest,
            Certified = certified,
            KeepsWindowStatistics = certificate.KeepsWindowStatistics,
            Examples = Count,
            ExamplesOutside = Outside,
        };
    }

    // As Forecast and Predict read it.
    private static MemoryExample Standardized(SequenceModel model, (float[] Values, int Number) example, string? series)
    {
        if (model.Task.Series is { KnownSize: > 0 })
        {
            throw new ArgumentException(
                "The model reads inputs that are known ahead, which these examples do not hold: measure on rows, with ml.Sequence.Truncate.", nameof(model));
        }

        int width = model.Task.DataChannels;
        if (example.Values.Length == 0 || example.Values.Length % width != 0)
        {
            throw new ArgumentException(
                $"A sequence holds whole steps of {width} values, at least one; example {example.Number} holds "
                    + $"{example.Values.Length} values.", nameof(example));
        }

        (float[] seen, float[] beside, ChannelScaling? scaling) = model.Task.Series is not null
            ? Forecaster.Prepare(model, Forecaster.Wide(example.Values), [], series)
            : (Predictor.Prepare(model, Forecaster.Wide(example.Values)), [], null);
        int missing = Array.FindIndex(seen, value => !float.IsFinite(value));
        return missing < 0
            ? new MemoryExample(seen, []) { Scaling = scaling, Beside = beside }
            : throw new ArgumentException($"Example {example.Number} has a missing or infinite value, so the model gives no forecast.", nameof(example));
    }

    private float[] Output(int example, int steps)
    {
        _cancellation.ThrowIfCancellationRequested();
        float[] output = [.. _subject.RunOn(example, steps)];
        _model.Task.Decode(output, _chain, _scalings[example]);
        return output;
    }
}
