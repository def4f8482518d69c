using System.Runtime.InteropServices;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Sessions;

/// <summary>
/// A series that goes on by its own forecasts. Its rows become those of a session, so what a row means (scaling, missing values, a carried state) is
/// as for rows of the data.
/// </summary>
internal sealed class Continuation
{
    private readonly Forecasting _task;
    private readonly SessionSeries _end;
    private readonly double[] _first, _last, _plan;
    private readonly int _steps, _horizon, _targets;
    private readonly long[] _streams;

    // Without a first forecast there is none to go on from, even where its missing values could be filled.
    private bool HasForecast => !Array.TrueForAll(_first, double.IsNaN);

    /// <param name="model">The model.</param>
    /// <param name="history">[steps × channels].</param>
    /// <param name="plan">[steps ahead × known].</param>
    /// <param name="steps">The number of steps ahead.</param>
    /// <param name="series">The series' key.</param>
    public Continuation(SequenceModel model, ReadOnlySpan<double> history, ReadOnlySpan<double> plan, int steps, string? series)
    {
        Forecasting task = _task = model.Task.Series!;
        (_steps, _horizon, _targets) = (steps, task.Horizon, task.TargetChannels.Count);
        Forecaster.MustBeHistory(task, history);
        int width = task.DataChannels;
        if (!task.CarriesState)
            history = history[Math.Max(0, history.Length - task.Context * width)..];
        _last = history[^width..].ToArray();
        _plan = Longer(plan);
        _streams = series is null ? [] : [StreamOf(series)];
        SequenceSession session = model.CreateSession();
        (_end, _first) = (new SessionSeries(session, series), new double[session.OutputSize]);
        for (int at = 0; at < history.Length; at += width)
        {
            _end.IsWanted = at + width == history.Length;
            _end.Step(history.Slice(at, width), _end.IsWanted ? Ahead(-1) : [], _first);
        }
    }

    /// <param name="from">The series after its last step, its forecast and the row of that step.</param>
    /// <param name="task">The task.</param>
    /// <param name="plan">[steps ahead × known].</param>
    /// <param name="steps">The number of steps ahead.</param>
    /// <param name="series">The series' key.</param>
    public Continuation((SessionSeries End, double[] Forecast, double[] Row) from, Forecasting task, ReadOnlySpan<double> plan, int steps, string? series)
    {
        (_task, _end, _first, _last) = (task, from.End, from.Forecast, from.Row);
        (_steps, _horizon, _targets) = (steps, task.Horizon, task.TargetChannels.Count);
        _plan = Longer(plan);
        _streams = series is null ? [] : [StreamOf(series)];
    }

    /// <summary>
    /// The forecasts by blocks of the horizon: all steps of a block become rows, then the model forecasts the next block. [steps × targets]; of quantiles
    /// the one that is nearest to the median.
    /// </summary>
    public double[] Forecast()
    {
        var all = new double[_steps * _targets];
        if (!HasForecast)
        {
            Array.Fill(all, double.NaN);
            return all;
        }

        SessionSeries series = _end.Fork();
        double[] numbers = [.. _first];
        int values = numbers.Length / (_horizon * _targets), middle = _task.Levels is null ? 0 : _task.Output.Middle;
        for (int done = 0; ;)
        {
            int block = done;
            for (; done < Math.Min(_steps, block + _horizon); done++)
                numbers.AsSpan(((done - block) * values + middle) * _targets, _targets).CopyTo(all.AsSpan(done * _targets));
            if (done == _steps)
                return all;
            for (int step = block; step < done; step++)
            {
                series.IsWanted = step == done - 1;
                series.Step(Row(step, all.AsSpan(step * _targets, _targets)), series.IsWanted ? Ahead(step) : [], numbers);
            }
        }
    }

    /// <summary>The mean of each step, [steps × targets]: of the model's distributions, and beyond the horizon of paths.</summary>
    public double[] Means(SamplePaths paths)
    {
        var means = new double[_steps * _targets];
        if (!HasForecast)
        {
            Array.Fill(means, double.NaN);
            return means;
        }

        ForecastDistribution[] within = ForecastDistribution.Of(_task, _first);
        for (int i = 0; i < Math.Min(means.Length, within.Length); i++)
            means[i] = within[i].Mean;
        if (_steps > _horizon)
        {
            ForecastPaths drawn = Draw(paths);
            for (int i = within.Length; i < means.Length; i++)
                means[i] = drawn.Mean(i / _targets + 1, i % _targets);
        }

        return means;
    }

    /// <summary>Draws paths, each step from the distribution of the step after those before it.</summary>
    public ForecastPaths Draw(SamplePaths paths)
    {
        int size = _steps * _targets;
        var all = new double[checked(paths.Count * size)];
        if (!HasForecast)
        {
            Array.Fill(all, double.NaN);
            return new ForecastPaths(all, _steps, _task.TargetChannels);
        }

        Parallel.For(0, paths.Count, path =>
        {
            var random = new RandomStream([paths.Seed, path, .. _streams]);
            SessionSeries series = _end.Fork();
            double[] numbers = [.. _first];
            for (int step = 0; ; step++)
            {
                Span<double> drawn = all.AsSpan(path * size + step * _targets, _targets);
                ForecastDistribution[] next = ForecastDistribution.Of(_task, numbers);
                for (int target = 0; target < _targets; target++)
                    drawn[target] = next[target].Quantile(Math.Max(random.NextDouble(), double.Epsilon));
                if (step == _steps - 1)
                    return;
                series.Step(Row(step, drawn), Ahead(step), numbers);
            }
        });
        return new ForecastPaths(all, _steps, _task.TargetChannels);
    }

    // What becomes a row: nothing is known of other inputs, and what holds for the whole series stays.
    private double[] Row(int step, ReadOnlySpan<double> forecast)
    {
        double[] row = [.. _last];
        row.AsSpan(0, _task.FirstKnown).Fill(double.NaN);
        forecast.CopyTo(row);
        _plan.AsSpan(step * _task.KnownSize, _task.KnownSize).CopyTo(row.AsSpan(_task.FirstKnown));
        return row;
    }

    private ReadOnlySpan<double> Ahead(int step) => _plan.AsSpan((step + 1) * _task.KnownSize, _horizon * _task.KnownSize);

    // The plan as the model reads it, filled within each block of the horizon: the window ahead of a drawn step may hold nothing but a gap. The last
    // windows reach beyond the steps that are asked for; a step's forecast does not read the known inputs of later steps.
    private double[] Longer(ReadOnlySpan<double> plan)
    {
        int known = _task.KnownSize;
        var longer = new double[(_steps + _horizon) * known];
        _task.Read(plan.ToArray(), (_task.FirstKnown, known)).CopyTo(longer, 0);
        for (int step = 0; step < _steps; step += _horizon)
            _task.FillAhead(longer.AsSpan(step * known, Math.Min(_horizon, _steps - step) * known));
        for (int at = plan.Length; at < longer.Length; at++)
            longer[at] = longer[at - known];
        return longer;
    }

    // Every series has its own random numbers, which depend on its key alone.
    private static long StreamOf(string series)
    {
        ulong hash = 0;
        foreach (ushort letter in MemoryMarshal.Cast<char, ushort>(series))
            hash = RandomStream.Mix(hash ^ letter);
        return (long)hash;
    }
}
