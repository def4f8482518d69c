using System.Globalization;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The focal loss −(1 − p)^γ · ln p of the probability p that is given to the true class (Lin et al., arXiv 1708.02002,
/// section 3.2): what is already classified well counts less. The paper's α is the weight of the class.
/// </summary>
internal static class FocalLoss
{
    // For γ below 1 the slope of (1 − p)^γ has no end where p is 1 to within float32.
    private const float Least = 1e-7f;

    /// <summary>What a classifier's loss is called.</summary>
    public static string Name(float gamma) => gamma > 0
        ? string.Create(CultureInfo.InvariantCulture, $"focal loss (γ = {gamma}) per row, in nats")
        : "cross-entropy per row, in nats";

    /// <param name="logProbability">ln p of each row's class, [B].</param>
    /// <param name="gamma">γ; above 0.</param>
    public static Tensor Of(Tensor logProbability, float gamma) => -(-logProbability.expm1()).ClampMin(Least).Pow(gamma) * logProbability;
}
