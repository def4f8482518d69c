using MLNet.Sequence.Training;

namespace MLNet.Sequence.Comparison;

/// <summary>Rows with their labels.</summary>
/// <param name="Values">For each row its steps: standardised numbers with 0 for missing values, or tokens.</param>
/// <param name="Labels">A class from 0, yes or no, or the numbers to predict.</param>
internal sealed record ReferenceRows(float[][] Values, double[][] Labels);

/// <summary>
/// References for rows with one output, without a model: the constant prediction, a linear model on token counts,
/// and the label of the nearest training row. The last two are mixed as λ p + (1 − λ) g, where g is the constant prediction and λ is chosen
/// on the validation rows.
/// </summary>
internal sealed class RowReferences
{
    // With more tokens than these, their shares in a row are not a summary.
    private const int MostTokens = 2000;

    private const int Weights = 20;

    private readonly ReferenceRows _training, _validation, _test;
    private readonly Func<double[], double[], double> _loss;
    private readonly double[] _guess;

    /// <param name="rows">The rows to count, the rows for choosing weights, and the rows of the comparison.</param>
    /// <param name="loss">The loss of a row, from its label and its prediction.</param>
    /// <param name="guess">The constant prediction: probabilities, or means.</param>
    public RowReferences((ReferenceRows Training, ReferenceRows Validation, ReferenceRows Test) rows, Func<double[], double[], double> loss, double[] guess)
    {
        (_training, _validation, _test) = rows;
        (_loss, _guess) = (loss, guess);
    }

    /// <summary>The number of values in a step.</summary>
    public required int Channels { get; init; }

    /// <summary>The number of different tokens; null: the values are numbers.</summary>
    public required int? Vocabulary { get; init; }

    /// <summary>The number of classes, 2 for yes and no; null: numbers are predicted.</summary>
    public required int? Classes { get; init; }

    /// <summary>The scaling of a numeric label.</summary>
    public required ChannelScaling? Numbers { get; init; }

    /// <summary>Cancels the search for neighbours.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What was left out or changed, one sentence each.</summary>
    public List<string> Remarks { get; } = [];

    /// <param name="usual">The name of the constant prediction.</param>
    public IEnumerable<CountedReference> All(string usual)
    {
        yield return Weighed(usual, 0, [.. _validation.Labels.Select(_ => _guess)], [.. _test.Labels.Select(_ => _guess)]);
        if (Vocabulary is { } vocabulary and <= MostTokens)
        {
            (double[][] validation, double[][] test) = Linear(vocabulary);
            yield return Weighed("linear-on-counts", null, validation, test);
        }

        yield return Nearest();
    }

    private (double[][] Validation, double[][] Test) Linear(int vocabulary)
    {
        Func<double[], float[]> standardized = TokenParts.Standardized(_training.Values.Select(row => TokenParts.Of(row, vocabulary)));
        float[][] Inputs(ReferenceRows rows) => [.. rows.Values.Select(row => standardized(TokenParts.Of(row, vocabulary)))];
        float[][] seen = Inputs(_training), held = Inputs(_validation), asked = Inputs(_test);
        if (Classes is { } classes)
        {
            (float[], int)[] Classed(float[][] inputs, ReferenceRows rows) => [.. inputs.Zip(rows.Labels, (input, label) => (input, (int)label[0]))];
            (double[][] validation, double[][] test) = LinearClasses.Fit(Classed(seen, _training), Classed(held, _validation), asked, classes);
            return ([.. validation.Select(AsPredicted)], [.. test.Select(AsPredicted)]);
        }

        double[] Scaled(double[] labels) => [.. labels.Select((label, i) => (label - Numbers!.Mean[i]) / Numbers.Deviation[i])];
        double[] Undone(double[] numbers) => [.. numbers.Select((number, i) => number * Numbers!.Deviation[i] + Numbers.Mean[i])];
        (float[], double[])[] Paired(float[][] inputs, ReferenceRows rows) => [.. inputs.Zip(rows.Labels, (input, label) => (input, Scaled(label)))];
        Func<float[], double[]> fitted = Training.LeastSquares.Fit(Paired(seen, _training), Paired(held, _validation));
        return ([.. held.Select(row => Undone(fitted(row)))], [.. asked.Select(row => Undone(fitted(row)))]);
    }

    private CountedReference Nearest()
    {
        long asked = _validation.Values.Length + (long)_test.Values.Length;
        var nearest = new NearestNeighbour(_training.Values, Channels, Vocabulary is not null, asked);
        IEnumerable<float[]> all = _training.Values.Concat(_validation.Values).Concat(_test.Values);
        int[] lengths = [.. all.Select(row => row.Length / Channels).Distinct().Order()];
        if (lengths.Length > 1)
        {
            Remarks.Add(FormattableString.Invariant(
                $"Rows have {lengths[0]} to {lengths[^1]} steps: for nearest-neighbour all are stretched to {nearest.Steps}."));
        }

        if (nearest.Every > 1)
        {
            Remarks.Add(FormattableString.Invariant(
                $"nearest-neighbour looks at one in {nearest.Every} of the {_training.Values.Length:N0} training rows: all would take too long."));
        }

        double[] Label(float[] row) => _training.Labels[nearest.Of(row)];
        double[] Of(float[] row) => Classes is { } classes ? AsPredicted(Certain(Label(row), classes)) : Label(row);
        double[][] Predictions(ReferenceRows rows) => [.. rows.Values.AsParallel().AsOrdered().WithCancellation(Cancellation).Select(Of)];
        return Weighed("nearest-neighbour", null, Predictions(_validation), Predictions(_test));
    }

    private static double[] Certain(double[] label, int classes) => [.. Enumerable.Range(0, classes).Select(one => one == (int)label[0] ? 1.0 : 0)];

    // For yes and no: the probability of yes.
    private double[] AsPredicted(double[] probabilities) => _guess.Length == 1 && Classes == 2 ? probabilities[1..] : probabilities;

    private CountedReference Weighed(string name, int? memory, double[][] validation, double[][] test)
    {
        // For classes, the rule of succession limits λ: a prediction that was never wrong on the validation rows may still be wrong.
        double surest = Classes is null ? 1 : 1 - 1.0 / (_validation.Labels.Length + 2);
        double[] Mixed(double weight, double[] said) => [.. said.Zip(_guess, (own, usual) => weight * own + (1 - weight) * usual)];
        double MeanLoss(double weight) => _validation.Labels.Zip(validation, (label, said) => _loss(label, Mixed(weight, said))).Average();
        double best = memory == 0 ? 1 : Enumerable.Range(0, Weights).Select(i => (double)i / Weights).Append(surest).MinBy(MeanLoss);
        return new CountedReference(name, memory, MeanLoss(best), [.. _test.Labels.Zip(test, (label, said) => (ExampleLoss)_loss(label, Mixed(best, said)))]);
    }
}
