using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Model;

/// <summary>
/// Prediction intervals as part of a network: its head gives a lower bound, the forecast and an upper bound, whose rows of weights are the same, and
/// whose biases differ by the calibrated width. So every backend has the bounds, in the scale of each window.
/// </summary>
internal static class IntervalHead
{
    private const int Numbers = 3;

    /// <summary>A model of points or quantiles with intervals.</summary>
    /// <param name="model">The model without them.</param>
    /// <param name="intervals">The intervals.</param>
    /// <param name="widths">[horizon × targets]: how far the bounds are moved outwards, in the unit of the network's output.</param>
    public static SequenceModel Add(SequenceModel model, ForecastIntervals intervals, double[] widths)
    {
        Forecasting task = model.Task.Series! with { Intervals = intervals };
        Weights weights = task.Levels is null ? Wider(model, task) : model.Weights;
        string bias = BiasOf(SequenceModel.BuildNetwork(model.Architecture, task));
        int targets = task.TargetChannels.Count;
        (int lower, int upper) = task.BoundPlaces;
        float[] moved = [.. weights[bias].Values];
        for (int i = 0; i < widths.Length; i++)
        {
            int first = i / targets * task.ValueCount * targets + i % targets;
            moved[first + lower * targets] -= (float)widths[i];
            moved[first + upper * targets] += (float)widths[i];
        }

        var all = new Weights();
        foreach (Weight weight in weights)
            all.Add(weight.Name == bias ? weight with { Values = [.. moved] } : weight);
        return Made(model, task, all);
    }

    /// <summary>The model of points without its intervals, as it was trained; other models stay as they are.</summary>
    public static SequenceModel Remove(SequenceModel model)
    {
        if (model.Task.Series is not { Intervals: not null, Levels: null } task)
            return model;
        task = task with { Intervals = null };
        int targets = task.TargetChannels.Count;
        // The rows of the forecasts, between those of their bounds.
        Weights weights = Resized(model, task, (own, width) =>
            [.. own.Values.Chunk(width).Where((_, row) => row / targets % Numbers == 1).SelectMany(row => row)]);
        return Made(model, task, weights);
    }

    // Each row of the head three times: [steps, targets] → [steps, numbers, targets].
    private static Weights Wider(SequenceModel model, Forecasting task)
    {
        int targets = task.TargetChannels.Count;
        return Resized(model, task, (own, width) =>
        {
            float[][] rows = [.. own.Values.Chunk(width)];
            return [.. Enumerable.Range(0, rows.Length * Numbers).SelectMany(row => rows[row / (Numbers * targets) * targets + row % targets])];
        });
    }

    // Only the weights of outputs have another shape.
    private static Weights Resized(SequenceModel model, Forecasting task, Func<Weight, int, float[]> rows)
    {
        var weights = new Weights();
        foreach (WeightSpec spec in SequenceModel.BuildNetwork(model.Architecture, task).AllWeights())
        {
            Weight own = model.Weights[spec.Name];
            weights.Add(own.Shape.Equals(spec.Shape) ? own : new Weight(spec.Name, spec.Shape, [.. rows(own, own.Values.Length / own.Shape[0])]));
        }

        return weights;
    }

    private static string BiasOf(NetworkPlan plan) => Layer.Join(plan.Find(NetworkNode.Head)!.Path, "dense.bias");

    private static SequenceModel Made(SequenceModel model, Forecasting task, Weights weights) =>
        new(model.Architecture, task, weights, model.Scaling, model.Report) { InputRange = model.InputRange };
}
