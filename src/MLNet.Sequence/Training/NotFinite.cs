using System.Globalization;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>The exception for a loss, gradient or weight that is not finite.</summary>
internal static class NotFinite
{
    // Standardised inputs rarely go beyond this; more means that a column reached the network unscaled.
    private const float LargeInput = 50;

    public static InvalidOperationException Explain(
        string what, double value, TrainingState state, (Func<Batch> Batch, IReadOnlyList<string> Channels) data)
    {
        string norm = double.IsNaN(state.Norm) ? "not reached" : state.Norm.ToString("G4", CultureInfo.InvariantCulture);
        return new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
            $"Training stopped: the {what} is {value} at step {state.Step + 1} of epoch {state.Epoch} (learning rate {state.Rate:G4}, gradient norm "
                + $"{norm}). {Causes(data.Batch, data.Channels)}"));
    }

    public static InvalidOperationException Weights(TrainingState state) => new(string.Create(CultureInfo.InvariantCulture,
        $"Training stopped: a weight is not finite after step {state.Step} in epoch {state.Epoch} (learning rate {state.Rate:G4}, gradient norm "
            + $"{state.Norm:G4}). {Usual("")}"));

    private static string Usual(string first) =>
        $"Likely causes:{first} a learning rate that is too high; missing or too weak gradient clipping (Training.ClipNorm).";

    private static string Causes(Func<Batch> batch, IReadOnlyList<string> channels)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor input = batch().Input.flatten(0, -2); // [B, T, C] → [B·T, C]
        float[] largest = input.abs().max(0).values.cpu().data<float>().ToArray();
        int worst = Array.FindIndex(largest, value => !float.IsFinite(value));
        if (worst >= 0)
            return $"The column '{channels[worst]}' holds values that are not finite.";
        worst = Array.IndexOf(largest, largest.Max());
        string column = largest[worst] > LargeInput
            ? FormattableString.Invariant(
                $" the column '{channels[worst]}', whose values reach {largest[worst]:G4} as the network sees them (extreme, or scaled on other data);")
            : "";
        return Usual(column);
    }
}
