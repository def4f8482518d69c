using MLNet.Sequence.Data;

namespace MLNet.Sequence;

/// <summary>Predictions for whole sequences in plain C#: no libtorch, no ML.NET, on any system that .NET runs on.</summary>
public static class Predictor
{
    /// <summary>The model's prediction for a sequence, depending on its task.</summary>
    /// <param name="model">A model of a task in which each row holds a sequence.</param>
    /// <param name="sequence">
    /// [steps × features] in the data's own units, oldest first, at least one step. NaN is a missing value. NaN at the end is not part of
    /// the sequence if the task ends sequences at padding. For tokens: their indices, from 0; an unknown token becomes the model's unknown
    /// token.
    /// </param>
    /// <returns>
    /// For classification the probability of each class; for binary classification the probability of yes; for regression the number, or
    /// numbers; for tagging the probability of each tag, step by step; for a next-step model the next step: its numbers, or for each value
    /// the probability of 1, or the probability of each token.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The sequence has no steps or not a whole number of them, a value is infinite or not a token, or one is missing and the task does not allow it.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model forecasts: its rows are steps.</exception>
    public static float[] Predict(this SequenceModel model, ReadOnlySpan<float> sequence)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Narrow(Predict(model, Forecaster.Wide(sequence)));
    }

    /// <summary>
    /// The model's prediction for a sequence, depending on its task, in double: values are centred before they become floats, so a large
    /// level (a counter, a time) keeps the small differences around it.
    /// </summary>
    /// <inheritdoc cref="Predict(SequenceModel, ReadOnlySpan{float})"/>
    public static double[] Predict(this SequenceModel model, ReadOnlySpan<double> sequence)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Run(model, Prepare(model, sequence));
    }

    /// <summary>The model's predictions for many sequences, on all cores; bit for bit the same as one by one.</summary>
    /// <inheritdoc cref="Predict(SequenceModel, ReadOnlySpan{float})" path="/node()[not(self::param)]"/>
    /// <param name="model">A model of a task in which each row holds a sequence.</param>
    /// <param name="sequences">The sequences, of any lengths.</param>
    /// <param name="cancellationToken">Stops before the next sequence. Default: never.</param>
    /// <returns>The prediction for each sequence.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static float[][] Predict(this SequenceModel model, IReadOnlyList<float[]> sequences, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        return [.. Predict(model, [.. sequences.Select(sequence => Forecaster.Wide(sequence))], cancellationToken).Select(Narrow)];
    }

    /// <inheritdoc cref="Predict(SequenceModel, IReadOnlyList{float[]}, CancellationToken)"/>
    public static double[][] Predict(this SequenceModel model, IReadOnlyList<double[]> sequences, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        float[][] rows = [.. sequences.Select(sequence => Prepare(model, sequence))];
        var all = new double[rows.Length][];
        Parallel.For(0, rows.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => all[i] = Run(model, rows[i]));
        return all;
    }

    /// <summary>The network's input for a sequence.</summary>
    internal static float[] Prepare(SequenceModel model, ReadOnlySpan<double> sequence)
    {
        SequenceInput input = InputOf(model);
        if (input.Conditions is { } conditions)
            throw new InvalidOperationException($"The model is conditioned on {conditions.Description}: use a PredictionEngine on its transformer, or "
                + "generate with GenerationOptions.Conditions.");
        if (sequence.Length == 0 || sequence.Length % input.Features != 0)
        {
            throw new ArgumentException(
                $"Expected a whole number of steps of {input.Features} values ({string.Join(", ", input.FeatureNames)}), at least one; found "
                    + $"{sequence.Length} values.",
                nameof(sequence));
        }

        if (input.EndAtPadding && input.Tokens is null)
            sequence = sequence[..SequenceGaps.LengthWithoutPadding(sequence, input.Features)];
        if (sequence.IsEmpty)
            throw new ArgumentException("All values of the sequence are missing (NaN): it has no steps.", nameof(sequence));
        double[] values = sequence.ToArray();
        if (input.Tokens is { } tokens)
            ReadTokens(values, tokens);
        else
            Fill(values, input);
        var seen = new float[values.Length / input.Features * input.Channels];
        input.Encoding(model.Scaling.Pooled).Apply(values, seen);
        return seen;
    }

    private static double[] Run(SequenceModel model, float[] values)
    {
        if (model.Task.TargetInput is not null)
            throw new InvalidOperationException("The model predicts targets, step by step: use PredictTarget, PredictTargets, PredictText or PredictNumbers.");
        float[] all = model.Managed.Run(values);
        if (model.Task.Answered == Answered.EachStep)
        {
            model.Task.Decode(all, model.Task.Chain(model.Weights), model.Scaling.Pooled);
            return Forecaster.Wide(all);
        }

        // If each step has an output, the last one is that of the sequence.
        Span<float> output = all.AsSpan(^model.Managed.OutputSize..);
        var said = new double[output.Length];
        model.Decoding.Apply(output, said, model.Scaling.Pooled);
        return said;
    }

    private static float[] Narrow(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static SequenceInput InputOf(SequenceModel model) => model.Task.RowInput ?? throw new InvalidOperationException(
        $"The model's task is {model.Task.GetType().Name}, whose rows do not hold sequences; use {nameof(Forecaster)}.{nameof(Forecaster.Forecast)}.");

    private static void ReadTokens(Span<double> values, TokenInput tokens)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = tokens.Read(values[i])
                ?? throw new ArgumentException($"The token at step {i + 1} is {values[i]}; expected an index from 0 to {tokens.Count - 1}.", nameof(values));
        }
    }

    private static void Fill(Span<double> values, SequenceInput input)
    {
        bool missing = false;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsInfinity(values[i]) || double.IsNaN(values[i]) && input.MissingValues == MissingValues.Error)
                throw new ArgumentException($"The value of feature {i % input.Features} at step {i / input.Features + 1} is {values[i]}; "
                    + "expected a number.", nameof(values));
            missing |= double.IsNaN(values[i]);
        }

        if (missing && input.MissingValues == MissingValues.Interpolate)
            SequenceGaps.Interpolate(values, input.Features);
    }
}
