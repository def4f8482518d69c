using MLNet.Sequence.Certificates;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Memory;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence;

/// <summary>
/// Models whose backbone reads only the last steps: feed-forward, without a state, every row or step on its own. Level and scale of a
/// forecaster's window still read its whole context.
/// </summary>
public static class ModelTruncation
{
    /// <summary>The model over the last steps of every sequence, with the same weights: nothing is trained.</summary>
    /// <param name="model">Any model whose architecture is causal; a model that reads no more steps is returned unchanged.</param>
    /// <param name="steps">
    /// The number of last steps that an output sees, the present one included; at least 1, and with <see cref="Forecasting.Differencing"/> more than the
    /// steps before a value that its difference needs.
    /// </param>
    /// <returns>
    /// A model whose error is at most <see cref="MemoryCertificate.ErrorAfter"/> of those steps. A forecaster that carries its state
    /// becomes one on windows: of its context, or of these steps if they are more.
    /// </returns>
    /// <exception cref="ArgumentException">The architecture is not causal.</exception>
    public static SequenceModel Truncate(this SequenceModel model, int steps)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (ModelBound.Reads(model) <= steps)
            return model;
        MustSeeADifference(model, steps);
        var architecture = new Truncated(model.Architecture, steps - ModelBound.Lag(model));
        architecture.Validate();
        // A model that carried its state reads windows from now on.
        SequenceTask task = model.Task.OfWindows(steps);
        NetworkPlan network = SequenceModel.BuildNetwork(architecture, task);
        // The weights are the same in the same order; their paths are one name longer.
        var weights = new Weights();
        foreach ((WeightSpec spec, Weight weight) in network.AllWeights().Zip(model.Weights))
            weights.Add(weight with { Name = spec.Name });
        return new SequenceModel(architecture, task, weights, model.Scaling, model.Report) { InputRange = model.InputRange };
    }

    /// <summary>The model over the smallest number of last steps that its certificate allows for a tolerance.</summary>
    /// <param name="model">A model whose memory is certified.</param>
    /// <param name="tolerance">The largest error allowed, in the units of the model's output (<see cref="MemoryCertificate"/>); above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is not above 0.</exception>
    /// <exception cref="InvalidOperationException">
    /// Nothing is proved about the model's memory, or no window of up to 100,000 steps is proved to be enough; the message says why, and
    /// what can be done.
    /// </exception>
    public static SequenceModel Truncate(this SequenceModel model, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(model);
        MemoryCertificate certificate = model.Certificate;
        int? steps = certificate.StepsFor(tolerance);
        if (!certificate.IsCertified)
        {
            throw new InvalidOperationException(
                $"The model cannot be truncated to a tolerance, because nothing is proved about its memory: {certificate.Why} Truncate(tolerance, examples) "
                    + "measures on data how many steps it needs, Truncate(steps) uses a number that you choose, and StableRnn, StableLstm and StableGru are "
                    + "certified by construction.");
        }

        return model.Truncate(steps ?? throw new InvalidOperationException(FormattableString.Invariant(
            $"No window of up to 100,000 steps is proved to give an error of {tolerance} or less: {certificate}")));
    }

    /// <summary>
    /// The model over the smallest number of last steps that is enough on these examples: measured there, not proved for others. For models
    /// whose memory is not certified, or whose certificate needs many more steps than the data does.
    /// </summary>
    /// <param name="model">Any model whose architecture is causal.</param>
    /// <param name="tolerance">The largest error allowed on the examples, in the units of the model's output; above 0.</param>
    /// <param name="examples">
    /// Sequences in the data's units, as <c>Predict</c> and <c>Forecast</c> read them; for a forecaster, the last context of each.
    /// </param>
    /// <param name="series">
    /// The series of each example; needed if the model standardises each series by itself. Null, the default: there is only one.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There is no example, the model cannot read one, or the examples' series are needed and not given.
    /// </exception>
    public static SequenceModel Truncate(this SequenceModel model, double tolerance, IReadOnlyList<float[]> examples, IReadOnlyList<string>? series = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(tolerance > 0))
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "A tolerance must be above 0.");
        return model.Truncate(TruncationError.Of(model, examples, series).StepsFor(tolerance));
    }

    /// <summary>The largest error of the model over the last steps on these examples, in the units of its output: measured, not proved.</summary>
    /// <param name="model">Any model whose architecture is causal.</param>
    /// <param name="steps">
    /// The number of last steps; at least 1, and with <see cref="Forecasting.Differencing"/> more than the steps before a value that its difference needs.
    /// </param>
    /// <param name="examples">
    /// Sequences in the data's units, as <c>Predict</c> and <c>Forecast</c> read them; for a forecaster, the last context of each.
    /// </param>
    /// <param name="series">
    /// The series of each example; needed if the model standardises each series by itself. Null, the default: there is only one.
    /// </param>
    /// <returns>The largest difference from the whole model's output over all examples and outputs; 0 or above.</returns>
    /// <exception cref="ArgumentException">
    /// There is less than one step or no example, the model cannot read an example, or the examples' series are needed and not given.
    /// </exception>
    public static double MeasureTruncation(this SequenceModel model, int steps, IReadOnlyList<float[]> examples, IReadOnlyList<string>? series = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        MustSeeADifference(model, steps);
        return TruncationError.Of(model, examples, series).Largest(steps);
    }

    private static void MustSeeADifference(SequenceModel model, int steps)
    {
        if (steps <= ModelBound.Lag(model))
        {
            throw new ArgumentOutOfRangeException(nameof(steps), steps, FormattableString.Invariant(
                $"A forecaster with Differencing needs more than {ModelBound.Lag(model)} steps, those before a value that its difference needs."));
        }
    }
}
