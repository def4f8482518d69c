using MLNet.Sequence.Calendars;
using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tasks;

/// <summary>Turns rows of a series into the network's input for a forecaster's window, in training, scoring, sessions and measurements.</summary>
internal static class ForecastingWindows
{
    /// <summary>Replaces by NaN every value that is not a finite Single, which must not enter a state; returns the values.</summary>
    public static double[] Known(double[] values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = float.IsFinite((float)values[i]) ? values[i] : double.NaN;
        return values;
    }

    extension(Forecasting task)
    {
        /// <summary>
        /// Number of values of a window that the network reads besides the past: the known inputs of each step ahead, then the static ones.
        /// </summary>
        public int BesideSize => task.Horizon * task.KnownSize + task.StaticSize;

        /// <summary>The channels of a row whose values are indices of keys.</summary>
        public KeyChannel[] KeyChannels => task.KnownInputs.Count + task.StaticInputs.Count == 0
            ? []
            : [.. from one in task.AllColumns.SelectMany(column => column.Channels.Select(_ => column)).Index()
               where one.Item.Keys is not null
               select new KeyChannel(one.Index, one.Item.Name, one.Item.Keys!.Count)];

        /// <summary>
        /// The scaling of a window: that of its series, or its own if the series was not in training. If the state is carried, the window
        /// is the first context of the series.
        /// </summary>
        /// <param name="fitted">The scaling of the series in training.</param>
        /// <param name="series">The series; null: none.</param>
        /// <param name="window">[steps × channels], in the data's units.</param>
        public ChannelScaling ScalingOf(SeriesScaling fitted, string? series, ReadOnlySpan<double> window)
        {
            if (task.Differencing is not { } differencing)
                return fitted.Of(series, window, task.SteadyInputs ?? [], task.Rule);
            IReadOnlyList<int> steady = task.SteadyInputs ?? [];
            ChannelScaling values = task.Rule.HasPowers ? fitted.Of(series, window, steady, task.Rule) : fitted.Pooled;
            var own = new WindowDifferences(differencing, DifferencedTargets.Powers(task, values), window, task.DataChannels);
            return fitted.Of(series, own.Of(window, task.DataChannels), steady, task.Rule.OfDifferences) with { Differences = own };
        }

        /// <summary>The scaling of a series that is read from its first step on. The series has a whole context.</summary>
        public ChannelScaling ScalingOf(SeriesScaling fitted, Series series)
        {
            var first = new double[task.Context * task.DataChannels];
            series.Rows.CopyTo(0, first);
            return task.ScalingOf(fitted, series.Key, Known(first));
        }

        /// <summary>The network's input and target for a window, with the same scaling for both.</summary>
        /// <param name="window">The window.</param>
        /// <param name="fitted">The scaling of the series in training.</param>
        /// <param name="seen">The network's input, filled.</param>
        /// <param name="target">[horizon × targets], filled.</param>
        public ChannelScaling Standardize(Window window, SeriesScaling fitted, SeenWindow seen, Span<float> target)
        {
            int targets = target.Length / task.Horizon, width = task.DataChannels;
            (Series series, long origin) = window;
            var rows = new double[seen.Past.Length / task.InputSize * width];
            series.Rows.CopyTo(origin + 1 - rows.Length / width, rows);
            ChannelScaling scaling = task.CarriesState ? task.ScalingOf(fitted, series) : task.ScalingOf(fitted, series.Key, rows);
            var ahead = new double[target.Length];
            for (int step = 0; step < task.Horizon; step++)
                series.Rows.CopyTo(origin + 1 + step, ahead.AsSpan(step * targets, targets));
            ahead = scaling.Differences?.Ahead(ahead) ?? ahead;
            for (int at = 0; at < ahead.Length; at += targets)
                scaling.Apply(ahead.AsSpan(at, targets), target.Slice(at, targets));

            task.StandardizeAhead(series, origin, scaling, seen.Beside);
            task.Standardize(rows, scaling, seen);
            // A window or a plan without any value: its steps are read as the mean.
            if (task.FillsWindows)
                WindowGaps.Mean(seen);
            return scaling;
        }

        /// <summary>The network's input for the rows of a window, without the known inputs of the steps ahead.</summary>
        /// <param name="rows">[steps × channels], in the data's units.</param>
        /// <param name="scaling">The scaling of the window.</param>
        /// <param name="seen">The past and the static values are filled.</param>
        public void Standardize(ReadOnlySpan<double> rows, ChannelScaling scaling, SeenWindow seen)
        {
            int size = task.PastSize, width = task.DataChannels;
            Span<float> past = task.MaskSize == 0 ? seen.Past : new float[rows.Length / width * size];
            if (scaling.Differences is { } differences)
                rows = differences.Of(rows, width);
            if (size == width)
            {
                scaling.Apply(rows, past);
            }
            else
            {
                for (int at = 0, to = 0; at < rows.Length; at += width, to += size)
                    scaling.Apply(rows.Slice(at, size), past.Slice(to, size));
                scaling.Apply(rows[^task.StaticSize..], seen.Beside[^task.StaticSize..], size);
            }

            scaling.Differences?.Begin(past, size, scaling);
            task.Fill(past, seen.Past);
        }

        /// <summary>The network's input for the known inputs of the steps ahead.</summary>
        /// <param name="future">[horizon × known], in the data's units.</param>
        /// <param name="scaling">The scaling of the window.</param>
        /// <param name="beside">Its first part is filled.</param>
        public void StandardizeAhead(ReadOnlySpan<double> future, ChannelScaling scaling, Span<float> beside)
        {
            int known = task.KnownSize;
            if (task.MissingValues != MissingValues.Error)
                future = task.Read(future.ToArray(), (task.FirstKnown, known));
            for (int at = 0; at < future.Length; at += known)
                scaling.Apply(future.Slice(at, known), beside.Slice(at, known), task.FirstKnown);
            task.FillAhead(beside[..future.Length]);
        }

        /// <summary>The known inputs of the steps after a step of a series.</summary>
        /// <param name="series">The series.</param>
        /// <param name="origin">The last step of the window.</param>
        /// <param name="scaling">The scaling of the window.</param>
        /// <param name="beside">Its first part is filled.</param>
        /// <param name="last">The time of the last step of the series; null: the series has all steps ahead.</param>
        public void StandardizeAhead(Series series, long origin, ChannelScaling scaling, Span<float> beside, TimePoint? last = null)
        {
            if (task.KnownSize > 0)
                task.StandardizeAhead(task.KnownAhead(series, origin, last), scaling, beside);
        }

        /// <summary>
        /// The known inputs of the steps after a step of a series, [steps × known]. Those that the series does not have yet are NaN, except
        /// the calendar.
        /// </summary>
        /// <param name="series">The series.</param>
        /// <param name="origin">The last step of the window.</param>
        /// <param name="last">The time of the last step of the series; null: unknown.</param>
        /// <param name="steps">The number of steps ahead; null, the default: the horizon.</param>
        public double[] KnownAhead(Series series, long origin, TimePoint? last, int? steps = null)
        {
            int known = task.KnownSize, ahead = steps ?? task.Horizon;
            double[] row = new double[task.PastSize], future = new double[ahead * known];
            Array.Fill(future, double.NaN);
            for (int step = 0; step < ahead; step++)
            {
                Span<double> there = future.AsSpan(step * known, known);
                if (origin + 1 + step < series.Length)
                {
                    series.Rows.CopyTo(origin + 1 + step, row);
                    row.AsSpan(task.FirstKnown).CopyTo(there);
                }
                else if (task.Calendar is { } calendar && last is { } time)
                {
                    last = task.Frequency!.After(time);
                    calendar.Fill(last!.Value.Clock, there);
                }
            }

            return future;
        }

        /// <summary>Sets the calendar of the steps ahead; there is none without one.</summary>
        /// <param name="future">[horizon × known].</param>
        /// <param name="time">The time of the step before them.</param>
        public void FillCalendar(Span<double> future, TimePoint? time)
        {
            for (int step = 0; step < task.Horizon && task.Calendar is { } calendar && time is { } before; step++)
            {
                time = task.Frequency!.After(before);
                calendar.Fill(time!.Value.Clock, future[(step * task.KnownSize)..]);
            }
        }

        /// <summary>Rows without the channels of the calendar, completed by those of their times.</summary>
        /// <param name="rows">[steps × channels without those of the calendar].</param>
        /// <param name="start">The time of the first step.</param>
        /// <param name="before">Number of channels before those of the calendar.</param>
        /// <param name="width">Number of channels of a complete row.</param>
        /// <param name="ahead">The number of steps, if there are no other channels; null, the default: the horizon.</param>
        /// <returns>The complete rows, and the time of the step after the last one.</returns>
        public (double[] Rows, TimePoint Next) WithCalendar(ReadOnlySpan<double> rows, TimePoint start, int before, int width, int? ahead = null)
        {
            int size = task.CalendarSize, given = width - size, steps = given == 0 ? ahead ?? task.Horizon : rows.Length / given;
            var whole = new double[steps * width];
            for (int step = 0; step < steps; step++)
            {
                Span<double> to = whole.AsSpan(step * width, width);
                ReadOnlySpan<double> row = rows.Slice(step * given, given);
                row[..before].CopyTo(to);
                task.Calendar!.Fill(start.Clock, to.Slice(before, size));
                row[before..].CopyTo(to[(before + size)..]);
                start = task.Frequency!.After(start)!.Value;
            }

            return (whole, start);
        }
    }
}
