using System.Globalization;
using MLNet.Sequence.Certificates;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>
/// What is proved about a model's memory: an exact receptive field (feed-forward), or a contraction factor with an error bound (stable
/// recurrent). The proofs are in docs/certificates.md. Bounds include the rounding of float32 states, which keeps two runs apart by about its
/// size / (1 − λ) for any number of shared steps.
/// </summary>
/// <remarks>
/// Errors are in the units of the model's output: the data's own for forecasts, regression and next steps of real numbers; probabilities
/// for classes and for next steps of 0 and 1. With several outputs, the largest error counts. If windows are normalised by their mean
/// (<see cref="KeepsWindowStatistics"/>), the bound compares two runs with the same mean and standard deviation.
/// </remarks>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class MemoryCertificate : IReport
{
    // Longer windows are of no use.
    private const int LongestWindow = 100_000;

    // After this many equal errors in a row, no further step makes them smaller.
    private const int Settled = 64;

    private static readonly double[] Tolerances = [1e-2, 1e-3, 1e-4];

    private readonly ModelBound? _bound;
    private readonly Func<double>? _next;
    private readonly List<double> _errors = [];
    private readonly Lock _gate = new();
    private readonly int? _shown, _window;

    internal MemoryCertificate(SequenceModel model)
        : this(model, model.Task.ChainPath is not null)
    {
    }

    private MemoryCertificate(SequenceModel model, bool decodesTogether)
    {
        KeepsWindowStatistics = model.Network.Normalization is { Kind: not WindowNormalization.LastValue };
        AssumesNoMissingValues = model.Task.RowInput is { MissingValues: MissingValues.Interpolate } || model.Task.Series is { FillsWindows: true };
        if (decodesTogether)
        {
            Why = "A conditional random field decodes all steps together: a probability depends on every step of its sequence, before it and after it.";
            Emissions = new MemoryCertificate(model, decodesTogether: false);
            return;
        }

        _shown = ModelBound.Shown(model);
        ReceptiveField = ModelBound.Least(ModelBound.Rows(model, model.Network.ReceptiveField), _shown);
        _window = ModelBound.Reads(model);
        if (model.Network.InnerReceptiveField is not null)
        {
            IsCertified = true;
            return;
        }

        _bound = ModelBound.Of(model);
        string[] obstacles = [.. _bound.Obstacles, .. !model.Scaling.Pooled.HasPowers ? Array.Empty<string>()
            : [$"forecasts are exponentials or powers of the network's output (ScalingKind.{model.Task.Series!.Scaling}), whose slope has no bound"],
            .. model.Task.Series?.Differencing is null ? Array.Empty<string>() : ["forecasts are sums of differences (Differencing), which add up errors"]];
        IsCertified = obstacles.Length == 0;
        Why = IsCertified ? null : Sentence(obstacles) + (model.InputRange is null ? " The model does not say what range its training inputs had; "
            + "train it again to get one." : "");
        if (!IsCertified)
            return;
        EndlessState slowest = _bound.Slowest!;
        (Lambda, StateBound) = (slowest.Lambda, slowest.Layer.StateBound);
        Norm = $"{slowest.Layer.Norm.Name} of {slowest.Layer.Name}{(slowest.Stride == 1 ? "" : $", which takes one step in {slowest.Stride}")}";
        OutputLipschitz = _bound.Lipschitz();
        _next = _bound.Errors();
    }

    /// <summary>Whether a bound of the model's memory is proved. If not, memory can be measured, not proved.</summary>
    public bool IsCertified { get; }

    /// <summary>
    /// λ &lt; 1: two states of the slowest recurrent layer that see the same inputs approach each other by at least this factor per step,
    /// in <see cref="Norm"/>. Null for feed-forward models, and if nothing is proved.
    /// </summary>
    public double? Lambda { get; }

    /// <summary>The norm of <see cref="Lambda"/> and its layer, in words; null if there is none.</summary>
    public string? Norm { get; }

    /// <summary>
    /// The number of last steps, the present one included, that an output can depend on; null if it is unbounded. A forecaster never sees
    /// more than its context.
    /// </summary>
    public int? ReceptiveField { get; }

    /// <summary>An upper bound on the norm of that layer's states, in <see cref="Norm"/>; null if there is no λ.</summary>
    public double? StateBound { get; }

    /// <summary>An upper bound on the change of the output if that layer's state changes by 1 in <see cref="Norm"/>; null if there is no λ.</summary>
    public double? OutputLipschitz { get; }

    /// <summary>
    /// Whether it is proved only for inputs within <see cref="SequenceModel.InputRange"/>; false: for all inputs. If an input leaves the
    /// assumed range, ML.NET's scoring warns, sessions count it, and <c>CertificateHolds</c> is false.
    /// </summary>
    public bool AssumesInputRange => IsCertified && _bound?.AssumesRange == true;

    /// <summary>
    /// Whether level or scale of a window read its whole context, so that every step of the context changes the output. Bounds then hold
    /// for two runs with the same level and scale: for what the layers after the normalisation read. False for
    /// <see cref="WindowNormalization.LastValue"/>, whose level is the last step.
    /// </summary>
    public bool KeepsWindowStatistics { get; }

    /// <summary>
    /// Whether sequences with missing values are not covered, because these are interpolated between steps that may be far away.
    /// </summary>
    public bool AssumesNoMissingValues { get; }

    /// <summary>
    /// For a tagger with a conditional random field: what is proved about the network's scores for each step before all steps are decoded
    /// together, in units of scores. Null for all other models.
    /// </summary>
    public MemoryCertificate? Emissions { get; }

    /// <summary>What is proved about the network's own outputs, independently of their decoding.</summary>
    internal MemoryCertificate OfNetwork => Emissions ?? this;

    /// <summary>Why nothing is proved; null if something is.</summary>
    public string? Why { get; }

    /// <summary>
    /// An upper bound on the error of a model that reads only the last steps (<c>Truncate(steps)</c>): 0 from the receptive field on; infinite if
    /// nothing is proved.
    /// </summary>
    /// <param name="steps">The number of last steps read; at least 1.</param>
    /// <returns>In the units of the model's output; 0 or above, and infinite beyond 100,000 steps unless a receptive field ends before.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is less than one step.</exception>
    public double ErrorAfter(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (steps >= _window)
            return 0;
        if (_next is null || steps > LongestWindow)
            return double.PositiveInfinity;
        lock (_gate)
        {
            while (_errors.Count < steps && !IsSettled)
                _errors.Add(_next());
            return _errors[Math.Min(steps, _errors.Count) - 1];
        }
    }

    // An error that has reached the rounding of the states stays there.
    private bool IsSettled => _errors.Count > Settled && _errors[^1] == _errors[^Settled] && _errors.TakeLast(Settled).All(error => error == _errors[^1]);

    /// <summary>
    /// The smallest number of last steps whose error is at most <paramref name="tolerance"/>; null if none is proved, because the rounding
    /// of float32 alone may be larger, or if more than 100,000 steps are needed.
    /// </summary>
    /// <param name="tolerance">The largest error allowed, in the units of the model's output; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is not above 0.</exception>
    public int? StepsFor(double tolerance)
    {
        if (!(tolerance > 0))
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "A tolerance must be above 0.");
        if (_next is null)
            return _window;
        lock (_gate)
        {
            for (int steps = 1; steps <= LongestWindow && (steps <= _errors.Count || !IsSettled); steps++)
            {
                if (ErrorAfter(steps) <= tolerance)
                    return steps;
            }
        }

        return null;
    }

    ReportContent IReport.Content => CertificateContent.Of(this);

    /// <summary>All that is proved, in a few sentences; in the invariant culture.</summary>
    public override string ToString()
    {
        if (Emissions is not null)
            return $"Not certified: {Why} The scores of the steps before decoding (emissions) alone: {Emissions}";
        string context = _window != ReceptiveField || (_shown is not null && _shown == ReceptiveField)
            ? $" An output depends on the {ReceptiveField} steps of its context, and on no earlier ones."
            : "";
        if (!IsCertified)
            return $"Not certified: {Why} Its memory can be measured, not proved.{context}";
        string assumed = (AssumesInputRange ? " This holds for inputs within the range of the training rows." : "")
            + (AssumesNoMissingValues ? " This holds for sequences without missing values: interpolated ones depend on steps further away." : "");
        if (Lambda is null && _window == ReceptiveField)
            return $"Certified: an output depends on the last {_window} steps, and on no earlier ones.{assumed}";
        if (Lambda is null)
            return $"Certified: the network reads the last {_window} steps of a window whose level and scale read all {ReceptiveField} steps of the "
                + $"context.{assumed}";
        string steps = string.Join(", ", Tolerances.Select(tolerance =>
            string.Create(CultureInfo.InvariantCulture, $"{StepsFor(tolerance)?.ToString(CultureInfo.InvariantCulture) ?? "no number of"} steps for an "
                + $"error of {tolerance}")));
        string kept = KeepsWindowStatistics ? " where the level and scale of the window, which read all of it, are kept" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"Certified: states approach each other by a factor of {Lambda:F4} per step in the {Norm}; {steps}{kept}.{assumed}{context}");
    }

    private static string Sentence(IReadOnlyList<string> clauses)
    {
        string text = string.Join("; ", clauses);
        return char.ToUpperInvariant(text[0]) + text[1..] + ".";
    }
}
