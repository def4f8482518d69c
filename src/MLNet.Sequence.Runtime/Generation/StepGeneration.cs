using System.Numerics.Tensors;
using MLNet.Sequence.Generation;

namespace MLNet.Sequence;

/// <summary>
/// Continues sequences of keys or numbers in plain C#, lazily, one step at a time: no libtorch, no ML.NET, and every step at the same cost.
/// </summary>
public static class StepGeneration
{
    /// <summary>
    /// Continues a sequence of keys that are 0 or 1, each drawn independently, or of numbers in the data's units, which are the predictions
    /// themselves.
    /// </summary>
    /// <param name="model">A model of the kind <see cref="StepKind.MultiLabel"/> or <see cref="StepKind.Real"/>.</param>
    /// <param name="prompt">[steps × features], oldest first; at least one step. It is not returned.</param>
    /// <param name="options">The options; null: <see cref="GenerationOptions"/>' defaults.</param>
    /// <returns>Steps with one value per feature of the model.</returns>
    /// <exception cref="ArgumentException">The prompt is empty or does not hold a whole number of steps.</exception>
    /// <exception cref="InvalidOperationException">The model predicts tokens, or cannot predict steps one by one.</exception>
    public static IEnumerable<float[]> GenerateSteps(this SequenceModel model, ReadOnlySpan<float> prompt, GenerationOptions? options = null)
    {
        var wide = new double[prompt.Length];
        TensorPrimitives.ConvertChecked(prompt, wide);
        return GenerateSteps(model, wide.AsSpan(), options).Select(step => Array.ConvertAll(step, value => (float)value));
    }

    /// <summary>
    /// The same in double, which keeps the digits of numbers at a level where Single has too few of them (a counter, a time): the prompt is
    /// centred before it becomes Single, and steps are moved to the data's level in double.
    /// </summary>
    /// <inheritdoc cref="GenerateSteps(SequenceModel, ReadOnlySpan{float}, GenerationOptions?)"/>
    public static IEnumerable<double[]> GenerateSteps(this SequenceModel model, ReadOnlySpan<double> prompt, GenerationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new GenerationOptions();
        options.Validate();
        int features = model.Task.RowInput?.Features ?? model.Task.DataChannels;
        var start = new StepStream(model, options.Conditions, prompt.Length / features + (long)options.MaxLength);
        StepKind kind = model.Task.NextSteps!.Value;
        if (kind == StepKind.Token)
            throw new InvalidOperationException($"The model's steps are tokens: use {nameof(TokenGeneration.Generate)}.");
        if (prompt.Length == 0 || prompt.Length % features != 0)
            throw new ArgumentException($"Expected at least one step of {features} values; found {prompt.Length} values.", nameof(prompt));
        var seen = new float[prompt.Length];
        model.Scaling.Pooled.First(features).Apply(prompt, seen);
        for (int i = 0; i < seen.Length; i += features)
            start.Feed(seen.AsSpan(i, features));
        return Draw();

        IEnumerable<double[]> Draw()
        {
            StepStream stream = start.Copy();
            var steps = new StepSampler(kind, model.Scaling.Pooled.First(features), options);
            for (int i = 0; i < options.MaxLength; i++)
            {
                (double[] step, float[] next) = steps.Draw(stream.Output);
                yield return step;
                stream.Feed(next);
            }
        }
    }
}
