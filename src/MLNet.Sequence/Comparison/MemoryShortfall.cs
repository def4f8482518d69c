using System.Globalization;
using MLNet.Sequence.Comparison;

namespace MLNet.Sequence;

/// <summary>
/// Why a stable recurrent model is worse than another: it must forget. A proof shows that inputs further back than the steps it keeps have
/// almost no effect, and the other model uses more steps than these, by measurement.
/// </summary>
/// <param name="Stable">The name of the stable model that is worse.</param>
/// <param name="Better">The name of the model that is better, which uses more steps.</param>
/// <param name="StepsKept">
/// k: inputs more than k steps back cannot change an output of the stable model by more than <paramref name="Tolerance"/>
/// (<see cref="MemoryCertificate.StepsFor"/>).
/// </param>
/// <param name="Tolerance">In the units of the models' outputs; a hundredth of a deviation, or of a probability of 1.</param>
/// <param name="StepsNeeded">
/// The last steps that the better model uses (<see cref="MemoryReport.Steps"/>); other models may need fewer. Above <paramref name="StepsKept"/>.
/// </param>
public sealed record MemoryShortfall(string Stable, string Better, int StepsKept, double Tolerance, int StepsNeeded)
{
    /// <summary>
    /// Whether older steps of the window still change its level and scale, and through these the output
    /// (<see cref="MemoryCertificate.KeepsWindowStatistics"/>).
    /// </summary>
    public bool KeepsWindowStatistics { get; init; }

    /// <param name="difference">How the stable model compares with the other.</param>
    /// <param name="stable">The stable model.</param>
    /// <param name="better">The other model.</param>
    /// <returns>Null if the stable model is not worse, or if no proof shows that it forgets steps that the other uses.</returns>
    internal static MemoryShortfall? Of(PairedDifference difference, ComparedModel stable, ComparedModel better)
    {
        double tolerance = RecurrenceTerms.Negligible(stable.Model);
        return difference.Verdict == PairedVerdict.Worse && stable.Certificate.StepsFor(tolerance) is { } kept && better.Memory is { } memory
            && kept < memory.Steps
            ? new MemoryShortfall(stable.Name, better.Name, kept, tolerance,
                memory.Steps)
            { KeepsWindowStatistics = stable.Certificate.KeepsWindowStatistics }
            : null;
    }

    /// <summary>Explains which steps the stable model must forget, with the figures, and the consequences.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Stable} is worse because it must forget: its certificate proves that inputs more than {StepsKept} {(StepsKept == 1 ? "step" : "steps")} back "
            + $"cannot change its output by more than {Tolerance:G3}{(KeepsWindowStatistics ? ", except through the level and scale of the window" : "")}, "
            + $"while {Better} uses the last {StepsNeeded} steps (measured). That is what one model uses; the data may need fewer steps. Compare receptive "
            + $"fields of more than {StepsKept} and up to {StepsNeeded} steps, and recurrence that need not forget.");
}
