using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Pairs;

/// <summary>
/// The loss of an actual target, given its source: each step is predicted from the actual steps before it, in plain C#. Safe for any number
/// of threads.
/// </summary>
/// <param name="model">A model of pairs.</param>
/// <param name="unit">The unit of numbers, for all models the same; null: targets are tokens.</param>
internal sealed class TargetCost(SequenceModel model, ChannelScaling? unit)
{
    private readonly StepEncoding _encoding = model.Task.RowInput!.Encoding(model.Scaling.Pooled);
    private readonly SequenceInput _source = model.Task.RowInput!;

    /// <summary>
    /// The sum over the steps of a target: of −ln p of its tokens and its end, or of the mean squared error of its numbers in deviations.
    /// </summary>
    /// <param name="source">[S × features], in the data's units; tokens by their index.</param>
    /// <param name="target">[U × features], likewise.</param>
    public double Of(double[] source, double[] target)
    {
        var seen = new float[source.Length / _source.Features * _source.Channels];
        _encoding.Apply(source, seen);
        return model.Task.TargetNumbers is { } numbers ? OfNumbers(seen, target, numbers.Scaling) : OfTokens(seen, target);
    }

    /// <summary>The sum over steps of the mean over the numbers that varied in training, or over all if none did.</summary>
    public static double Squares(double[] predicted, double[] actual, ChannelScaling unit)
    {
        int width = unit.Mean.Length, counted = Enumerable.Range(0, width).Count(number => Counts(number, unit));
        return predicted.Select((value, i) => Counts(i % width, unit) ? Math.Pow((value - actual[i]) / unit.Deviation[i % width], 2) : 0).Sum() / counted;
    }

    private static bool Counts(int number, ChannelScaling unit) => !unit.IsConstant(number) || !unit.Constant!.Contains(false);

    private double OfTokens(float[] seen, double[] target)
    {
        int tokens = model.Network.OutputSize, boundary = tokens - 1;
        float[] given = [boundary, .. target.Select(token => (float)token)];
        float[] logits = model.Managed.Score(seen, batch: 1, beside: given);
        return given.Skip(1).Append(boundary).Select((token, step) =>
            TaskLoss.CrossEntropyPerToken.Of(logits.AsSpan(step * tokens, tokens), [token])).Sum();
    }

    private double OfNumbers(float[] seen, double[] target, ChannelScaling scaling)
    {
        var given = new float[target.Length];
        scaling.Apply(target, given);
        int width = model.Network.OutputSize;
        float[] output = model.Managed.Score(seen, batch: 1, beside: (float[])[.. new float[width], .. given.SkipLast(width)]);
        double[] predicted = [.. output.Select((value, i) => value * scaling.Deviation[i % width] + scaling.Mean[i % width])];
        return Squares(predicted, target, unit ?? scaling);
    }
}
