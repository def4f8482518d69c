using MLNet.Sequence.Data;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Model;
using MLNet.Sequence.Scoring;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// Split conformal calibration of a forecaster on its validation windows. The error of a number is |y − forecast|; of two quantiles how far y is outside of
/// them, below 0 inside. Both are measured in the unit of the network's output, before a window's scale is restored.
/// </summary>
/// <param name="host">The host of the forecaster.</param>
/// <param name="model">The fitted model, without intervals.</param>
/// <param name="intervals">The intervals to calibrate.</param>
internal sealed class ForecastCalibration(SequenceHost host, SequenceModel model, ForecastIntervals intervals)
{
    private const int BatchSize = 256;

    private readonly Forecasting _task = model.Task.Series!;
    private readonly int _targets = model.Task.Series!.TargetChannels.Count;

    // By step and target.
    private readonly List<float>[] _errors = [.. Enumerable.Range(0, model.Task.Series!.Horizon * model.Task.Series.TargetChannels.Count)
        .Select(_ => new List<float>())];

    /// <summary>Checks before training that each step and target will have enough errors.</summary>
    /// <param name="validation">The windows; null: none.</param>
    /// <param name="task">The task.</param>
    /// <param name="still">Targets with one value in all training rows, which have no errors.</param>
    /// <param name="intervals">The intervals.</param>
    /// <exception cref="InvalidOperationException">They are too few for the level.</exception>
    public static void MustHold(Windows? validation, Forecasting task, IReadOnlyList<int> still, ForecastIntervals intervals)
    {
        MustHold(validation?.Count ?? 0, intervals);
        if (validation is null || !task.FillsWindows)
            return;
        var known = new long[task.Horizon * task.TargetChannels.Count];
        for (long i = 0; i < validation.Count; i++)
        {
            Window window = validation[i];
            for (int place = 0; place < known.Length; place++)
                known[place] += double.IsNaN(window.Series[window.Origin + 1 + place / task.TargetChannels.Count, place % task.TargetChannels.Count]) ? 0 : 1;
        }

        MustHold(known.Where((_, place) => !still.Contains(place % task.TargetChannels.Count)).DefaultIfEmpty(long.MaxValue).Min(), intervals);
    }

    /// <summary>Checks the number of errors of a step and target.</summary>
    /// <exception cref="InvalidOperationException">They are too few for the level: even the largest is not wide enough.</exception>
    public static void MustHold(long windows, ForecastIntervals intervals)
    {
        if (windows < intervals.FewestErrors)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"Intervals of ConfidenceLevel {intervals.ConfidenceLevel} need at least ")
                + FormattableString.Invariant($"{intervals.FewestErrors} validation windows with actual values; found {windows}. Give more rows, raise ")
                + "Training.ValidationFraction, or lower the level.");
        }
    }

    /// <summary>The model with its intervals.</summary>
    /// <param name="fitting">How the model was fitted: on which validation windows.</param>
    /// <param name="run">Messages, and cancellation.</param>
    public SequenceModel Run(ModelFitting fitting, HostRun run)
    {
        // Null: no target varies.
        IBatchSource? validation = fitting.Job.Validation;
        using var scorer = new NetworkScorer(host, model);
        if (validation is { CarriesState: true })
            Follow(validation, scorer, run);
        else if (validation is not null)
            Measure(validation, scorer, run);
        var widths = new double[_errors.Length];
        for (int i = 0; i < widths.Length; i++)
        {
            _errors[i].Sort();
            // A target with one value in all training rows has no errors: its bounds are the forecast.
            if (_errors[i].Count > 0 || !model.Scaling.Pooled.IsConstant(i % _targets))
                widths[i] = Quantile(_errors[i]);
        }

        ForecastIntervals calibrated = intervals.AdaptationRate > 0 ? intervals with { RelativeWidths = Relative(widths) } : intervals;
        if (fitting.Options.Cluster is not { Rank: > 0 })
        {
            run.Channel.Info(FormattableString.Invariant($"Intervals: calibrated to hold {100 * intervals.ConfidenceLevel:0.##} % of the actual values, on ")
                + FormattableString.Invariant($"{_errors.Max(errors => errors.Count)} validation forecasts of each step ahead."));
        }

        return IntervalHead.Add(model, calibrated, widths);
    }

    private void Measure(IBatchSource validation, NetworkScorer scorer, HostRun run)
    {
        foreach (PlainBatch batch in PlainBatch.Of(validation, BatchSize))
        {
            run.ThrowIfCancelled();
            float[] output = scorer.Score(batch.Input, batch.Rows, beside: batch.Beside);
            int width = batch.Input.Length / batch.Rows, said = _task.ForecastSize, actual = _errors.Length;
            for (int i = 0; i < batch.Rows; i++)
                Add(output.AsSpan(i * said, said), batch.Target.AsSpan(i * actual, actual), ScaleOf(batch.Input.AsSpan(i * width, width)));
        }
    }

    // Chunk by chunk, one series after the other.
    private void Follow(IBatchSource validation, NetworkScorer scorer, HostRun run)
    {
        CarriedState? state = null;
        try
        {
            float[] one = [.. Enumerable.Repeat(1f, _targets)];
            foreach (PlainBatch batch in PlainBatch.Of(validation, batchSize: 1))
            {
                run.ThrowIfCancelled();
                if (batch.Input.Length == 0)
                    continue;
                if (state is null || !batch.Continues)
                {
                    state?.Dispose();
                    state = scorer.Start(ForecastBlocks.Rows);
                }

                float[] output = scorer.Score(batch.Input, state);
                for (int step = 0; step < batch.Target.Length / _errors.Length; step++)
                    Add(output.AsSpan(step * _task.ForecastSize, _task.ForecastSize), batch.Target.AsSpan(step * _errors.Length, _errors.Length), one);
            }
        }
        finally
        {
            state?.Dispose();
        }
    }

    // The scale of each target that the network's output is multiplied by.
    private float[] ScaleOf(ReadOnlySpan<float> window) => model.Network.Normalization is { } normalization
        ? WindowLevel.Of(normalization, window, _task.InputSize).Scale
        : [.. Enumerable.Repeat(1f, _targets)];

    private void Add(ReadOnlySpan<float> output, ReadOnlySpan<float> target, float[] scale)
    {
        (int lower, int upper) = _task.Levels is { } levels ? intervals.PlacesIn(levels)!.Value : (0, 0);
        int numbers = _task.ValueCount;
        for (int i = 0; i < target.Length; i++)
        {
            ReadOnlySpan<float> own = output[(i / _targets * numbers * _targets + i % _targets)..];
            float error = Math.Max(own[lower * _targets] - target[i], target[i] - own[upper * _targets]) / scale[i % _targets];
            // Without an actual value there is none.
            if (!float.IsNaN(error))
                _errors[i].Add(error);
        }
    }

    // The ⌈(n + 1) level⌉-th smallest.
    private double Quantile(List<float> errors)
    {
        MustHold(errors.Count, intervals);
        int rank = (int)Math.Ceiling((errors.Count + 1) * intervals.ConfidenceLevel - 1e-9);
        return errors[rank - 1];
    }

    // Of all errors together, each in units of the width of its step and target.
    private double[] Relative(double[] widths)
    {
        float[] all = [.. _errors.SelectMany((errors, i) => widths[i] > 0 ? errors.Select(error => (float)(error / widths[i])) : [])];
        Array.Sort(all);
        return [.. Enumerable.Range(0, AdaptiveBounds.Parts + 1).Select(part => part == 0 || all.Length == 0 ? 0.0
            : all[(int)Math.Min(all.Length - 1, Math.Ceiling((double)part * all.Length / AdaptiveBounds.Parts) - 1)])];
    }
}
