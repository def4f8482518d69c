using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Layers;

namespace MLNet.Sequence.Tests.Networks;

/// <summary>A plan's formula for one row, slowly: written from its definition, so that it shares nothing with the code under
/// test.</summary>
internal static class PlainPlan
{
    /// <param name="plan">The plan.</param>
    /// <param name="past">[steps][channels].</param>
    /// <param name="beside">The values of the other inputs, one input after the other.</param>
    /// <param name="weights">The weights.</param>
    public static double[] Run(NetworkPlan plan, double[][] past, double[] beside, Weights weights)
    {
        if (plan.Normalization is not { } window)
            return Nodes(plan, past, beside, weights);
        (double[] level, double[] scale) = LevelAndScale(window, past);
        double[] y = Nodes(plan, PlainLayers.Map(past, (c, value) => (value - level[c]) / scale[c]), beside, weights);
        return [.. y.Select((value, i) => value * scale[i % window.Targets] + level[i % window.Targets])];
    }

    private static double[] Nodes(NetworkPlan plan, double[][] past, double[] beside, Weights weights)
    {
        // Each value with its steps: negative or 0 in the past, 1 … H in the horizon, none for a value without steps.
        var known = new Dictionary<string, (double[][] Rows, StepCoverage Coverage)> { ["past"] = (past, StepCoverage.Past) };
        foreach (NetworkInput input in plan.Inputs.Skip(1))
        {
            int count = input.Coverage != StepCoverage.Horizon ? 1 : plan.IsOpen ? beside.Length / input.Size : plan.Horizon;
            known[input.Name] = ([.. beside.Take(count * input.Size).Chunk(input.Size)], input.Coverage);
            beside = beside[(count * input.Size)..];
        }

        foreach (NetworkNode node in plan.Nodes)
        {
            var sources = node.Sources.Select(source => known[source]).ToArray();
            StepCoverage coverage = sources.Any(source => source.Coverage == StepCoverage.Past) ? StepCoverage.Past
                : sources.Any(source => source.Coverage == StepCoverage.Horizon) ? StepCoverage.Horizon : StepCoverage.None;
            int steps = sources.First(source => source.Coverage == coverage).Rows.Length;
            double[][] joined = [.. Enumerable.Range(0, steps)
                .Select(step => sources.SelectMany(source => source.Rows[source.Coverage == coverage ? step : 0]).ToArray())];
            double[][] given = PlainLayers.Run(node.Layer, joined,
                new PlainWeights(weights, node.Path.Length == 0 ? "" : node.Path + ".") { Memory = node.Memory is { } memory ? known[memory].Rows : null });
            known[node.Name] = node.GivesHorizon
                ? ([.. given.Single().Chunk(given[0].Length / plan.Horizon)], StepCoverage.Horizon)
                // One row for several steps holds for all steps.
                : (given, GivesOne(node.Layer) ? StepCoverage.None : coverage);
        }

        return [.. known[plan.Nodes[^1].Name].Rows.SelectMany(row => row)];
    }

    private static bool GivesOne(Layer layer) => layer is LastStep or Pooling or Sequential { Layers: [LastStep or Pooling, ..] };

    private static (double[] Level, double[] Scale) LevelAndScale(WindowNormalized window, double[][] past)
    {
        double[] level = new double[past[0].Length], scale = [.. level.Select(_ => 1.0)];
        for (int c = 0; c < level.Length; c++)
        {
            if (window.Kept.Contains(c))
                continue;
            double[] channel = [.. past.Select(step => step[c])];
            bool last = window.Kind == WindowNormalization.LastValue;
            level[c] = last ? channel[^1] : channel.Average();
            scale[c] = window.Kind != WindowNormalization.MeanAndDeviation ? 1
                : Math.Sqrt(channel.Average(value => (value - level[c]) * (value - level[c])) + 1e-5);
        }

        return (level, scale);
    }
}
