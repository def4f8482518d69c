using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>How a student was distilled from its teacher.</summary>
/// <param name="Losses">
/// The Kullback–Leibler divergence of student and teacher per sample, in nats, as the mean of each tenth of the steps (rounded up to whole
/// steps, so the last part may be shorter): H(P_S, P_T) − H(P_S).
/// </param>
/// <param name="PowerLosses">The power loss as the mean of each tenth of the steps: squared differences of logarithms.</param>
/// <param name="Entropy">H(P_S), in nats per sample, over the last of these parts.</param>
/// <param name="Steps">Number of steps of the optimiser, one for each batch of pieces.</param>
/// <param name="Seconds">The time that it took, in seconds, without reading the rows.</param>
/// <param name="Seed">The seed of weights, noise and choice of pieces.</param>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed record DistillationReport(
    IReadOnlyList<double> Losses, IReadOnlyList<double> PowerLosses, double Entropy, int Steps, double Seconds, long Seed) : IReport
{
    /// <summary>The divergence per sample, in nats, as the mean of each tenth of the steps.</summary>
    public IReadOnlyList<double> Losses { get; init => field = ValueList.Of(value); } = ValueList.Of(Losses);

    /// <summary>The power loss as the mean of each tenth of the steps.</summary>
    public IReadOnlyList<double> PowerLosses { get; init => field = ValueList.Of(value); } = ValueList.Of(PowerLosses);

    ReportContent IReport.Content => new("Distillation")
    {
        Summary = ToString(),
        Tables =
        [
            new("Parts of the distillation, a tenth of the steps each",
                new NumberColumn("divergence (nats per sample)", Losses, "G4"),
                new NumberColumn("power loss", PowerLosses, "G4")),
        ],
    };

    /// <summary>The steps, the last divergence and the entropy; in the invariant culture.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"Distilled in {Steps} steps: a divergence of {Losses[^1]:G4} nats per sample and an "
        + $"entropy of {Entropy:G4}.");
}
