using MLNet.Sequence.Data;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Stability;

/// <summary>What a model says of the last step of examples, and what it says when its backbone sees their last steps alone.</summary>
internal sealed class TruncationError
{
    private readonly SequenceModel _model;
    private readonly HorizonSubject _subject;
    private readonly ChannelScaling[] _scalings;
    private readonly float[][] _whole;
    private readonly Dictionary<int, double> _known = [];

    /// <param name="model">The model.</param>
    /// <param name="examples">Standardised.</param>
    public TruncationError(SequenceModel model, IReadOnlyList<HorizonExample> examples)
    {
        _model = model;
        _scalings = [.. examples.Select(example => model.Scaling[example.Series])];
        _subject = ModelHorizon.Subject(model, examples, new HorizonOptions());
        _whole = [.. examples.Select((_, i) => Said(i, _subject.Length(i)))];
        Longest = Enumerable.Range(0, examples.Count).Max(_subject.Length);
    }

    /// <summary>Steps of the longest example: with so many nothing is cut off.</summary>
    public int Longest { get; }

    /// <param name="model">The model.</param>
    /// <param name="examples">In the data's units.</param>
    /// <exception cref="ArgumentException">There is no example, or one holds no whole number of steps.</exception>
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
            return new HorizonExample(standardized, []);
        })]);
    }

    /// <summary>The largest difference of any output over all examples, in the units of what the model gives.</summary>
    public double Largest(int steps)
    {
        if (_known.TryGetValue(steps, out double known))
            return known;
        double largest = 0;
        for (int i = 0; i < _whole.Length; i++)
        {
            if (steps >= _subject.Length(i))
                continue;
            float[] cut = Said(i, steps);
            for (int output = 0; output < cut.Length; output++)
                largest = Math.Max(largest, Math.Abs((double)cut[output] - _whole[i][output]));
        }

        return _known[steps] = largest;
    }

    /// <summary>The smallest number of steps that was found to keep a tolerance on all examples.</summary>
    public int StepsFor(double tolerance)
    {
        int enough = 1;
        while (enough < Longest && Largest(enough) > tolerance)
            enough = Math.Min(2 * enough, Longest);
        // Between the last that did not suffice and the first that did; errors need not fall evenly, so the end is what was measured.
        for (int low = enough / 2; enough - low > 1;)
        {
            int middle = (low + enough) / 2;
            if (Largest(middle) <= tolerance)
                enough = middle;
            else
                low = middle;
        }

        return enough;
    }

    /// <summary>The model over as few last steps as a tolerance allows: proved where it can be, else measured.</summary>
    /// <exception cref="ArgumentException">The architecture is not causal.</exception>
    public TruncationReport Truncate(double tolerance)
    {
        MemoryCertificate certificate = _model.Certificate;
        int? proved = certificate.StepsFor(tolerance);
        bool certified = certificate.IsCertified && proved is not null;
        int steps = certified ? proved!.Value : StepsFor(tolerance);
        double largest = Largest(steps);
        return new TruncationReport
        {
            Model = _model.Truncate(steps),
            Steps = steps,
            Bound = certified ? certificate.ErrorAfter(steps) : largest,
            LargestError = largest,
            Certified = certified,
        };
    }

    private float[] Said(int example, int steps)
    {
        float[] output = [.. _subject.Run(example, _subject.Sequences[example], steps)];
        int size = _subject.LastStepOutputs == 0 ? output.Length : _subject.LastStepOutputs;
        for (int at = 0; at < output.Length; at += size)
            _model.Task.Decode(output.AsSpan(at, size), _scalings[example]);
        return output;
    }
}
