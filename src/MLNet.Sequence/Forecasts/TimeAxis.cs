using Microsoft.ML;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Forecasts;

/// <summary>The frequency and the calendar of a task, from the times of its training rows.</summary>
internal static class TimeAxis
{
    public static Forecasting Find(Forecasting task, CalendarInputs? calendar, IDataView input, HostRun run)
    {
        if (task.TimeColumnName is null || task.Frequency is { IsOpen: false } && calendar is null)
            return task;
        FoundTimes found = FoundFrequency.In(input, task, run.Cancellation);
        if (task.Frequency is null && found.Frequency is not null)
        {
            run.Channel.Info($"The frequency of the rows is {found.Frequency}.");
            task = task with { Frequency = found.Frequency };
        }
        else
        {
            task = task with { Frequency = task.Frequency?.On(found.All) };
        }

        return calendar is null ? task : WithCalendar(task, calendar, found, run.Channel);
    }

    private static Forecasting WithCalendar(Forecasting task, CalendarInputs calendar, FoundTimes found, HostChannel channel)
    {
        if (found is not { First: { IsDate: true } first, Last: { IsDate: true } last } || !double.IsFinite(task.Frequency?.StepDays ?? double.NaN))
        {
            throw new InvalidOperationException($"{nameof(ForecastingOptions.Calendar)} needs dates with a frequency in '{task.TimeColumnName}'; found "
                + $"{(found.First is { IsDate: false } ? "numbers" : "no rule in its times")}. Set {nameof(ForecastingOptions.Frequency)}, load dates as "
                + "DateTime, or leave Calendar out.");
        }

        // To the end of the last step: 24 months are two years.
        calendar = calendar.For(task.Frequency!.StepDays, (task.Frequency.After(last)!.Value.Clock - first.Clock).TotalDays);
        if (calendar.Size == 0)
        {
            channel.Warning("The training rows cover no cycle of the calendar twice: it is left out. Name its Parts to read it all the same.");
            return task;
        }

        channel.Info($"Of the calendar are read: {string.Join(", ", calendar.Names)}.");
        TimePoint end = last;
        for (int step = 0; step < task.Horizon; step++)
            end = task.Frequency.After(end)!.Value;
        Warn(channel, calendar, (first.Clock, end.Clock));
        return task with { Calendar = calendar };
    }

    /// <summary>Warns once of years without holidays in the list.</summary>
    public static void Warn(HostChannel channel, CalendarInputs calendar, (DateTime First, DateTime Last) range)
    {
        int[] without = [.. calendar.YearsWithoutHolidays(range.First, range.Last)];
        if (without.Length > 0)
            channel.WarnOnce($"The list of holidays has none in {string.Join(", ", without)}, which the rows or the steps ahead reach: these years are read "
                + "as years without holidays.");
    }
}
