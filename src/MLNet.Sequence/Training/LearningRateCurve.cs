using System.Globalization;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>One step of a learning-rate range test: rate and loss.</summary>
/// <param name="LearningRate">The rate that the optimiser used for this step.</param>
/// <param name="Loss">The loss after the step, on the same examples for all steps.</param>
public sealed record LearningRateStep(double LearningRate, double Loss);

/// <summary>The result of a learning-rate range test: a suggested rate and the loss curve.</summary>
/// <param name="Suggestion">The rate at which the loss fell fastest.</param>
/// <param name="Curve">Every step, by rising rate; it ends where the loss diverged.</param>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed record LearningRateCurve(double Suggestion, IReadOnlyList<LearningRateStep> Curve) : IReport
{
    /// <summary>Every step, by rising rate; it ends where the loss diverged.</summary>
    public IReadOnlyList<LearningRateStep> Curve { get; init => field = ValueList.Of(value); } = ValueList.Of(Curve);

    ReportContent IReport.Content => new("Learning-rate range test")
    {
        Summary = string.Create(CultureInfo.InvariantCulture, $"A learning rate of {Suggestion:G3} is suggested: the loss falls fastest there."),
        Charts = [new("Loss by learning rate", Chart().Write("Loss by learning rate"), "The rate rises from step to step. Where the loss rises again, "
            + "training would diverge.")],
        Tables =
        [
            new("Steps",
                new NumberColumn("learning rate", Curve.Select(step => step.LearningRate), "G4"),
                new NumberColumn("loss", Curve.Select(step => step.Loss), "G6")),
        ],
    };

    /// <summary>The suggestion and the number of steps; in the invariant culture.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"A learning rate of {Suggestion:G3} is suggested, from {Curve.Count} steps.");

    /// <summary>The loss over the logarithm of the rate.</summary>
    internal SvgChart Chart()
    {
        var across = ChartAxis.Around(Curve.Select(step => step.LearningRate), isLogarithmic: true);
        var up = ChartAxis.Around(Curve.Select(step => step.Loss), isLogarithmic: false);
        return new SvgChart(across, up)
            .Axes("learning rate", "loss", across.Ticks(), up.Ticks())
            .Upright(Suggestion, string.Create(CultureInfo.InvariantCulture, $"suggested: {Suggestion:G2}"))
            .Line(Curve.Select(step => (step.LearningRate, step.Loss)), "#2563eb", dashed: false, "loss");
    }
}
