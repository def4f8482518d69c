using System.Numerics;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tasks;

/// <summary>
/// Missing values of a forecaster. They are filled within a window, from its own values alone, so that batch scoring, sessions, plain C# and
/// graphs give the same numbers.
/// </summary>
internal static class WindowGaps
{
    /// <summary>Steps whose values are still missing become the mean.</summary>
    public static void Mean(SeenWindow seen)
    {
        foreach (ref float value in seen.Past)
            value = float.IsNaN(value) ? 0 : value;
        foreach (ref float value in seen.Beside)
            value = float.IsNaN(value) ? 0 : value;
    }

    extension(Forecasting task)
    {
        /// <summary>
        /// Values as they are kept: with <see cref="MissingValues.Zero"/> a missing number is 0; a missing key is one that was not in
        /// training. Returns the values.
        /// </summary>
        /// <param name="values">Rows of some channels, in the data's units.</param>
        /// <param name="channels">The first of these channels, and their number.</param>
        public double[] Read(double[] values, (int First, int Count) channels)
        {
            if (task.MissingValues == MissingValues.Error || values.AsSpan().IndexOf(double.NaN) < 0)
                return values;
            KeyChannel[] keys = task.KeyChannels;
            for (int i = 0; i < values.Length; i++)
            {
                if (!double.IsNaN(values[i]))
                    continue;
                int channel = channels.First + i % channels.Count;
                if (Array.Find(keys, key => key.Channel == channel) is { } key)
                    values[i] = key.Count;
                else if (task.MissingValues == MissingValues.Zero)
                    values[i] = 0;
            }

            return values;
        }

        /// <summary>The row of a step that is missing: nothing is known but its date and what holds for the whole series.</summary>
        /// <param name="next">The row after it.</param>
        /// <param name="time">Its time.</param>
        public double[] MissingRow(ReadOnlySpan<double> next, TimePoint time)
        {
            double[] row = next.ToArray();
            row.AsSpan(0, task.PastSize).Fill(double.NaN);
            task.Calendar?.Fill(time.Clock, row.AsSpan(task.FirstKnown));
            return task.Read(row, (0, row.Length));
        }

        /// <summary>The row of a step before the first one of a series: nothing is known but what holds for the whole series.</summary>
        /// <param name="first">The first row.</param>
        public double[] PaddingRow(ReadOnlySpan<double> first)
        {
            double[] row = first.ToArray();
            row.AsSpan(0, task.PastSize).Fill(double.NaN);
            return task.Read(row, (0, row.Length));
        }

        /// <summary>A history of at least one row with as many steps before it as the context needs.</summary>
        public ReadOnlySpan<double> Padded(ReadOnlySpan<double> history)
        {
            int width = task.DataChannels, missing = task.Context * width - history.Length;
            if (missing <= 0 || !task.PadsWindows)
                return history;
            double[] whole = new double[missing + history.Length], padding = task.PaddingRow(history[..width]);
            history.CopyTo(whole.AsSpan(missing));
            for (int at = 0; at < missing; at += width)
                padding.CopyTo(whole, at);
            return whole;
        }

        /// <summary>Fills the missing values of a window, and adds the masks.</summary>
        /// <param name="past">[steps × channels of the past], standardised; filled.</param>
        /// <param name="seen">[steps × network inputs]; the same memory if there are no masks.</param>
        public void Fill(Span<float> past, Span<float> seen)
        {
            if (!task.FillsWindows)
                return;
            int size = task.PastSize, first = task.FirstKnown, known = task.KnownSize, masks = task.MaskSize;
            if (masks > 0)
            {
                for (int at = 0, to = first; at < past.Length; at += size, to += size + masks)
                    Mask(past.Slice(at, first), seen.Slice(to, masks));
            }

            task.Fill(past, size, isAnyKnown: HasTarget(past, size, task.TargetChannels.Count));
            for (int at = 0, to = 0; masks > 0 && at < past.Length; at += size, to += size + masks)
            {
                past.Slice(at, first).CopyTo(seen[to..]);
                past.Slice(at + first, known).CopyTo(seen[(to + first + masks)..]);
            }
        }

        /// <summary>Fills the missing values of the steps ahead. An input without any value keeps NaN: its plan is missing.</summary>
        /// <param name="ahead">[steps × known]: the horizon, or a part of it.</param>
        public void FillAhead<T>(Span<T> ahead)
            where T : IFloatingPointIeee754<T>
        {
            if (task.FillsWindows)
                task.Fill(ahead, task.KnownSize, isAnyKnown: false);
        }

        // A channel without any value becomes its mean, if something is known.
        private void Fill<T>(Span<T> values, int channels, bool isAnyKnown)
            where T : IFloatingPointIeee754<T>
        {
            if (values.IndexOf(T.NaN) < 0)
                return;
            if (task.MissingValues == MissingValues.Interpolate)
                SequenceGaps.Interpolate(values, channels);
            else
                SequenceGaps.Forward(values, channels);
            for (int i = 0; isAnyKnown && i < values.Length; i++)
                values[i] = T.IsNaN(values[i]) ? T.Zero : values[i];
        }
    }

    private static void Mask(ReadOnlySpan<float> values, Span<float> masks)
    {
        for (int i = 0; i < masks.Length; i++)
            masks[i] = float.IsNaN(values[i]) ? 1 : 0;
    }

    // Nothing can be forecast from a window without a value of any target.
    private static bool HasTarget(ReadOnlySpan<float> past, int size, int targets)
    {
        for (int at = 0; at < past.Length; at += size)
        {
            for (int target = 0; target < targets; target++)
            {
                if (!float.IsNaN(past[at + target]))
                    return true;
            }
        }

        return false;
    }
}
