using System.Globalization;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The focal loss −(1 − p)^γ · ln p of the probability p of the true class (Lin et al., arXiv 1708.02002, section 3.2): rows that are
/// already classified well count less. The paper's α is the weight of the class.
/// </summary>
internal static class FocalLoss
{
    // For γ below 1, the slope of (1 − p)^γ is infinite where p is 1 in float32.
    private const float Least = 1e-7f;

    /// <summary>The name of a classifier's loss.</summary>
    public static string Name(float gamma) => gamma > 0
        ? string.Create(CultureInfo.InvariantCulture, $"focal loss (γ = {gamma}) per row, in nats")
        : "cross-entropy per row, in nats";

    /// <param name="logProbability">ln p of each row's class, [B].</param>
    /// <param name="gamma">γ; above 0.</param>
    public static Tensor Of(Tensor logProbability, float gamma) => -(-logProbability.expm1()).ClampMin(Least).Pow(gamma) * logProbability;
}
