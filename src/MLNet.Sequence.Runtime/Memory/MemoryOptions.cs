namespace MLNet.Sequence;

/// <summary>The steps from which the level and scale of a window are computed while fewer and fewer of them are shown.</summary>
public enum WindowStatistics
{
    /// <summary>
    /// The whole window: two numbers per channel stay known, and the measurement is about the memory of the network after them.
    /// A truncated model does the same.
    /// </summary>
    WholeWindow,

    /// <summary>The steps shown: nothing is known about the earlier steps.</summary>
    StepsShown,
}

/// <summary>How the memory of a model or function is measured: examples, steps, tolerance.</summary>
public sealed record MemoryOptions
{
    /// <summary>
    /// A number of steps is enough if the metric is at most this share worse than with all steps, for this number and for all larger
    /// numbers measured; above 0. Default 0.01.
    /// </summary>
    public double Tolerance { get; init; } = 0.01;

    /// <summary>The largest number of measured examples, evenly spread over the data; at least 2. Default 512.</summary>
    public int Examples { get; init; } = 512;

    /// <summary>
    /// The numbers of last steps to show, each at least 1; numbers above the longest example are left out. Empty, the default: 1, 2, 4, …
    /// and the longest. With <see cref="Forecasting.Differencing"/>, numbers up to the steps before a value that its difference needs are left
    /// out, and the default is 1, 2, 4, … more than these.
    /// </summary>
    public IReadOnlyList<int> Steps { get; init => field = ValueList.Of(value); } = ValueList.Create<int>();

    /// <summary>How often an interval should contain the true value, in (0, 1). Default 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>The seed of the directions in which inputs and states are moved, any number. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// The steps from which level and scale are computed; only forecasters with a <see cref="WindowNormalization"/> have any.
    /// Default <see cref="WindowStatistics.WholeWindow"/>.
    /// </summary>
    public WindowStatistics WindowStatistics { get; init; }

    /// <summary>The column that classification and regression predict. Default "Label".</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>Ends the measurement with an <see cref="OperationCanceledException"/>. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">Lists all problems.</exception>
    internal void Validate()
    {
        var problems = new Problems();
        problems.Need(Tolerance > 0 && double.IsFinite(Tolerance), $"{nameof(Tolerance)} must be above 0; found {Tolerance}.");
        problems.Need(Examples >= 2, $"{nameof(Examples)} must be at least 2; found {Examples}.");
        foreach (int steps in Steps.Where(steps => steps < 1))
            problems.Need(false, $"{nameof(Steps)} must each be at least 1; found {steps}.");
        problems.Need(Confidence is > 0 and < 1, $"{nameof(Confidence)} must be in (0, 1); found {Confidence}.");
        problems.Need(Enum.IsDefined(WindowStatistics), $"{nameof(WindowStatistics)} must be WholeWindow or StepsShown; found {WindowStatistics}.");
        problems.Need(!string.IsNullOrEmpty(LabelColumnName), $"{nameof(LabelColumnName)} must name a column.");
        problems.ThrowIfAny("The options of the measurement of memory are wrong.");
    }
}
