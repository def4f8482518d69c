using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>The formulas of layers with tokens as input or output; see <see cref="PlainLayers"/>.</summary>
internal static class PlainTokens
{
    // e · P inner(√d e_x) + b
    public static double[][] Tie(TiedEmbedding layer, double[][] x, PlainWeights weights)
    {
        double[][] vectors = weights.Rows("weight");
        double[][] seen = [.. x.Select(step => vectors[(int)step[0]].Select(value => value * Math.Sqrt(layer.Size)).ToArray())];
        double[][] hidden = PlainLayers.Run(layer.Inner, seen, weights.Child("inner"));
        if (hidden[0].Length != layer.Size)
            hidden = PlainLayers.Run(new Dense(layer.Size), hidden, weights.Child("projection"));
        return [.. hidden.Select(step => vectors.Select((vector, token) => Dot(vector, step) + weights["bias"][token]).ToArray())];
    }

    // ln p_token, or ln p_cluster + ln p_within of a rare token
    public static double[][] Adapt(AdaptiveSoftmax layer, double[][] x, PlainWeights weights) =>
        [.. x.Select(step => Enumerable.Range(0, layer.Vocabulary).Select(token => Logarithm(layer, token, step, weights)).ToArray())];

    private static double Logarithm(AdaptiveSoftmax layer, int token, double[] step, PlainWeights weights)
    {
        double[] head = Softmax(weights.Rows("head"), step);
        int cluster = layer.Cutoffs.Count(cutoff => cutoff <= token) - 1;
        if (cluster < 0)
            return Math.Log(head[token]);
        double[] projected = [.. weights.Rows($"projection{cluster}").Select(row => Dot(row, step))];
        double[] within = Softmax(weights.Rows($"tail{cluster}"), projected);
        return Math.Log(head[layer.Cutoffs[0] + cluster]) + Math.Log(within[token - layer.Cutoffs[cluster]]);
    }

    private static double[] Softmax(double[][] rows, double[] x)
    {
        double[] powers = [.. rows.Select(row => Math.Exp(Dot(row, x)))];
        return [.. powers.Select(power => power / powers.Sum())];
    }

    private static double Dot(double[] left, double[] right) => left.Zip(right, (l, r) => l * r).Sum();
}
