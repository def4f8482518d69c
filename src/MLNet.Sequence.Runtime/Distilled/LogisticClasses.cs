namespace MLNet.Sequence.Distilled;

/// <summary>
/// A logistic distribution of a level from −1 to 1 as probabilities of classes: class k of K has the level 2k / (K − 1) − 1 and the interval half a
/// step around it; the first and the last class have all beyond (PixelCNN++, Salimans et al., arXiv 1701.05517, section 2.1).
/// </summary>
internal static class LogisticClasses
{
    /// <summary>The class of a level.</summary>
    public static int Of(float x, int classes) => (int)Math.Clamp(Math.Floor((x + 1.0) / 2 * (classes - 1) + 0.5), 0, classes - 1);

    /// <summary>The upper end of a class's interval, of all but the last.</summary>
    public static double Edge(int @class, int classes) => (2.0 * @class + 1) / (classes - 1) - 1;

    /// <summary>The entropy of the classes, in nats.</summary>
    public static double Entropy(double mean, double scale, int classes)
    {
        double entropy = 0, below = 0;
        for (int k = 0; k < classes; k++)
        {
            double upTo = k == classes - 1 ? 1 : 1 / (1 + Math.Exp((mean - Edge(k, classes)) / scale)), p = upTo - below;
            if (p > 1e-12)
                entropy -= p * Math.Log(p);
            below = upTo;
        }

        return entropy;
    }
}
