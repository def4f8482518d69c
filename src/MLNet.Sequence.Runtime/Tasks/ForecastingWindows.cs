using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tasks;

/// <summary>How rows of a series become what a forecaster's network reads of a window: training, scoring, sessions and measurements ask here.</summary>
internal static class ForecastingWindows
{
    /// <summary>Puts NaN in the place of what is no finite Single, which a state must not take up; returns the values.</summary>
    public static double[] Known(double[] values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = float.IsFinite((float)values[i]) ? values[i] : double.NaN;
        return values;
    }

    extension(Forecasting task)
    {
        /// <summary>Values that the network reads of a window beside the past: the known of each step ahead, then those of the series.</summary>
        public int BesideSize => task.Horizon * task.KnownSize + task.StaticSize;

        /// <summary>The channels of a row whose values are places of keys.</summary>
        public KeyChannel[] KeyChannels => task.KnownInputs.Count + task.StaticInputs.Count == 0
            ? []
            : [.. from one in task.Columns.SelectMany(column => column.Channels.Select(_ => column)).Index()
               where one.Item.Keys is not null
               select new KeyChannel(one.Index, one.Item.Name, one.Item.Keys!.Count)];

        // What is known ahead is the last of the past's channels.
        private int FirstKnown => task.InputSize - task.KnownSize;

        /// <summary>
        /// The scaling of a window: that of its series, or, where the series was not in training, its own. Where the state is carried, the
        /// window is the first context of the series.
        /// </summary>
        /// <param name="fitted">Of the series in training.</param>
        /// <param name="series">The series; null: none.</param>
        /// <param name="window">[steps × channels], in the data's units.</param>
        public ChannelScaling ScalingOf(SeriesScaling fitted, string? series, ReadOnlySpan<double> window) =>
            fitted.Of(series, window, task.SteadyInputs ?? []);

        /// <summary>The scaling of a series that is read from its first step on; it has a whole context.</summary>
        public ChannelScaling ScalingOf(SeriesScaling fitted, Series series)
        {
            var first = new double[task.Context * task.DataChannels];
            series.Rows.CopyTo(0, first);
            return task.ScalingOf(fitted, series.Key, Known(first));
        }

        /// <summary>A window as the network is to see it and what it is to give, both by the same scaling.</summary>
        /// <param name="window">The window.</param>
        /// <param name="fitted">Of the series in training.</param>
        /// <param name="seen">What the network reads, filled.</param>
        /// <param name="target">[horizon × targets], filled.</param>
        public ChannelScaling Standardize(Window window, SeriesScaling fitted, SeenWindow seen, Span<float> target)
        {
            int targets = target.Length / task.Horizon, width = task.DataChannels;
            (Series series, long origin) = window;
            var rows = new double[seen.Past.Length / task.InputSize * width];
            series.Rows.CopyTo(origin + 1 - rows.Length / width, rows);
            ChannelScaling scaling = task.CarriesState ? task.ScalingOf(fitted, series) : task.ScalingOf(fitted, series.Key, rows);
            var ahead = new double[targets];
            for (int step = 0; step < task.Horizon; step++)
            {
                series.Rows.CopyTo(origin + 1 + step, ahead);
                scaling.Apply(ahead, target.Slice(step * targets, targets));
            }

            task.StandardizeAhead(series, origin, scaling, seen.Beside);
            task.Standardize(rows, scaling, seen);
            return scaling;
        }

        /// <summary>The rows of a window as the network is to see them; what is known ahead is not among them.</summary>
        /// <param name="rows">[steps × channels], in the data's units.</param>
        /// <param name="scaling">Of the window.</param>
        /// <param name="seen">The past and what has no steps are filled.</param>
        public void Standardize(ReadOnlySpan<double> rows, ChannelScaling scaling, SeenWindow seen)
        {
            int size = task.InputSize, width = task.DataChannels;
            if (size == width)
            {
                scaling.Apply(rows, seen.Past);
                return;
            }

            for (int at = 0, to = 0; at < rows.Length; at += width, to += size)
                scaling.Apply(rows.Slice(at, size), seen.Past.Slice(to, size));
            scaling.Apply(rows[^task.StaticSize..], seen.Beside[^task.StaticSize..], size);
        }

        /// <summary>What is known of the steps ahead as the network is to see it.</summary>
        /// <param name="future">[horizon × known], in the data's units.</param>
        /// <param name="scaling">Of the window.</param>
        /// <param name="beside">Its first part is filled.</param>
        public void StandardizeAhead(ReadOnlySpan<double> future, ChannelScaling scaling, Span<float> beside)
        {
            int known = task.KnownSize;
            for (int at = 0; at < future.Length; at += known)
                scaling.Apply(future.Slice(at, known), beside.Slice(at, known), task.FirstKnown);
        }

        /// <summary>What is known of the steps after one of a series, which are there.</summary>
        /// <param name="series">The series.</param>
        /// <param name="origin">The last step of the window.</param>
        /// <param name="scaling">Of the window.</param>
        /// <param name="beside">Its first part is filled.</param>
        public void StandardizeAhead(Series series, long origin, ChannelScaling scaling, Span<float> beside)
        {
            int known = task.KnownSize;
            if (known == 0)
                return;
            double[] row = new double[task.InputSize], future = new double[task.Horizon * known];
            for (int step = 0; step < task.Horizon; step++)
            {
                series.Rows.CopyTo(origin + 1 + step, row);
                row.AsSpan(task.FirstKnown).CopyTo(future.AsSpan(step * known));
            }

            task.StandardizeAhead(future, scaling, beside);
        }
    }
}
