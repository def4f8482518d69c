using System.Globalization;
using MLNet.Sequence.Calendars;

namespace MLNet.Sequence.Tests.Calendars;

/// <summary>The rule of dates is found from the given dates and continued to later ones, which are known independently.</summary>
[TestClass]
public sealed class FrequencyTests
{
    private static readonly DateTime First = new(2023, 1, 2); // a Monday

    // All dates of a rule, picked from every half hour of three years.
    private static readonly Dictionary<string, Func<DateTime, bool>> Rules = new()
    {
        ["business days"] = time => IsBusiness(time) && IsMidnight(time),
        ["Mon, Tue, Wed, Thu, Fri, Sat"] = time => time.DayOfWeek != DayOfWeek.Sunday && IsMidnight(time),
        ["Sun, Mon, Tue, Wed, Thu"] = time => time.DayOfWeek is not (DayOfWeek.Friday or DayOfWeek.Saturday) && IsMidnight(time),
        ["Mon, Wed, Fri"] = time => time.DayOfWeek is DayOfWeek.Monday or DayOfWeek.Wednesday or DayOfWeek.Friday && IsMidnight(time),
        ["days"] = IsMidnight,
        ["weeks"] = time => time.DayOfWeek == DayOfWeek.Monday && IsMidnight(time),
        ["hours"] = time => time.Minute == 0,
        ["hours from 09:00 to 17:00, business days"] = time => IsBusiness(time) && time.Minute == 0 && time.Hour is >= 9 and <= 17,
        ["every 00:30:00 from 09:30 to 15:30, business days"] = time => IsBusiness(time) && time.TimeOfDay.TotalHours is >= 9.5 and <= 15.5,
        ["hours from 06:00 to 22:00, every day"] = time => time.Minute == 0 && time.Hour is >= 6 and <= 22,
        ["months, at their end"] = time => IsMidnight(time) && time.AddDays(1).Day == 1,
        ["months, on day 30"] = time => IsMidnight(time) && (time.Day == 30 || time.Month == 2 && time.AddDays(1).Day == 1),
        ["months, on day 1"] = time => IsMidnight(time) && time.Day == 1,
        ["quarters, at their end"] = time => IsMidnight(time) && time.AddDays(1).Day == 1 && time.Month % 3 == 0,
        ["months, on their last business day"] = time =>
            IsMidnight(time) && IsBusiness(time) && Later(time).All(day => day.Month != time.Month || !IsBusiness(day)),
        ["months, on their first business day"] = time =>
            IsMidnight(time) && IsBusiness(time) && Earlier(time).All(day => day.Month != time.Month || !IsBusiness(day)),
        ["months, on Friday number 3"] = time => IsMidnight(time) && time.DayOfWeek == DayOfWeek.Friday && time.Day is > 14 and <= 21,
        ["months, on their last Monday"] = time => IsMidnight(time) && time.DayOfWeek == DayOfWeek.Monday && time.AddDays(7).Month != time.Month,
        ["years, at their end"] = time => IsMidnight(time) && time is { Month: 12, Day: 31 },
    };

    public static IEnumerable<object[]> Names => Rules.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_rule_is_found_in_the_first_half_of_its_dates_and_gives_the_second(string name)
    {
        DateTime[] all = [.. HalfHours().Where(Rules[name]).Take(400)], seen = all[..(all.Length / 2 + 1)];
        Frequency calendar = Frequency.Of(seen)!;
        Assert.AreEqual(name, calendar.ToString());
        Assert.AreEqual(0, Missing(calendar, seen));
        DateTime time = seen[^1];
        foreach (DateTime expected in all[seen.Length..])
            Assert.AreEqual(expected, time = calendar.Next(time)!.Value);
    }

    [TestMethod]
    [DataRow("business days", 5)]
    [DataRow("Mon, Tue, Wed, Thu, Fri, Sat", 6)]
    [DataRow("days", 7)]
    [DataRow("hours", 24)]
    [DataRow("hours from 09:00 to 17:00, business days", 9)]
    [DataRow("every 00:30:00 from 09:30 to 15:30, business days", 13)]
    [DataRow("months, on day 30", 12)]
    [DataRow("months, on their last business day", 12)]
    [DataRow("quarters, at their end", 4)]
    public void The_season_is_what_comes_again(string name, int season) =>
        Assert.AreEqual(season, Of([.. HalfHours().Where(Rules[name]).Take(100)])!.Season);

    [TestMethod]
    public void Holidays_and_gaps_are_missing_steps_of_the_same_rule()
    {
        DateTime[] business = [.. HalfHours().Where(Rules["business days"]).Take(120)], withHolidays = [.. business.Where((_, day) => day is not (20 or 61))];
        Assert.AreEqual("business days", Frequency.Of(withHolidays)!.ToString());
        Assert.AreEqual(2, Missing(Frequency.Of(withHolidays)!, withHolidays));
        DateTime[] hours = [.. HalfHours().Where(Rules["hours"]).Take(192).Where((_, hour) => hour is < 60 or >= 132)];
        Assert.AreEqual("hours", Frequency.Of(hours)!.ToString());
        Assert.AreEqual(72, Missing(Frequency.Of(hours)!, hours));
    }

    [TestMethod]
    public void Two_weeks_of_business_hours_are_enough_to_know_them()
    {
        DateTime[] hours = [.. HalfHours().Where(Rules["hours from 09:00 to 17:00, business days"]).Take(90)];
        Assert.AreEqual("hours from 09:00 to 17:00, business days", Frequency.Of(hours)!.ToString());
        Assert.AreEqual(new DateTime(2023, 1, 16, 9, 0, 0), Frequency.Of(hours)!.Next(hours[^1]));
    }

    [TestMethod]
    [DataRow("2023-01-30", "2023-02-28", 1)]
    [DataRow("2023-02-28", "2023-03-30", 1)]
    [DataRow("2023-02-28", "2023-03-28", 1)]
    [DataRow("2023-01-30", "2023-03-30", 2)]
    [DataRow("2023-04-30", "2023-05-31", 1)]
    [DataRow("2024-02-29", "2025-02-28", 12)]
    [DataRow("2023-01-30", "2023-03-31", 0)]
    [DataRow("2023-02-28", "2023-03-27", 0)]
    [DataRow("2023-02-27", "2023-03-28", 0)]
    public void The_same_day_of_a_month_may_be_beyond_the_end_of_a_shorter_one(string from, string to, int expected) =>
        Assert.AreEqual(expected, Frequency.Monthly.StepsBetween(Utc(from), Utc(to)) ?? 0);

    [TestMethod]
    public void Months_on_the_30th_are_found_from_three_dates_with_February() =>
        Assert.AreEqual("months, on day 30", Of([new(2023, 1, 30), new(2023, 2, 28), new(2023, 3, 30)])!.ToString());

    // Saturday and Sunday are missing once: enough for a rule, not for holidays, which would hide gaps.
    [TestMethod]
    public void A_rule_of_one_weekend_has_no_holidays()
    {
        DateTime[] nine = [.. HalfHours().Where(Rules["business days"]).Take(9)], many = [.. HalfHours().Where(Rules["business days"]).Take(90)];
        Assert.AreEqual("business days", Frequency.Of(nine)!.ToString());
        Assert.IsFalse(Frequency.Of(nine)!.HasHolidays);
        Assert.IsTrue(Frequency.Of(many)!.HasHolidays);
        Assert.IsTrue(Frequency.BusinessDays.HasHolidays);
    }

    [TestMethod]
    [DataRow("2024-01-01|2024-01-03|2024-01-10|2024-01-11|2024-01-29")]
    [DataRow("2024-01-01|2024-01-01|2024-01-02")]
    [DataRow("2024-01-01")]
    public void What_keeps_no_rule_has_none(string dates) =>
        Assert.IsNull(Of([.. dates.Split('|').Select(date => DateTime.Parse(date, CultureInfo.InvariantCulture))]));

    private static DateTimeOffset Utc(string date) => new(DateTime.Parse(date, CultureInfo.InvariantCulture), TimeSpan.Zero);

    private static Frequency? Of(DateTime[] times) => Frequency.Of(times);

    private static long Missing(Frequency frequency, DateTime[] times) => frequency.Missing([.. times.Select(time => new TimePoint(time))]);

    private static IEnumerable<DateTime> HalfHours() => Enumerable.Range(0, 3 * 365 * 48).Select(half => First.AddMinutes(30 * half));

    private static bool IsBusiness(DateTime time) => time.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static bool IsMidnight(DateTime time) => time.TimeOfDay == TimeSpan.Zero;

    private static IEnumerable<DateTime> Later(DateTime time) => Enumerable.Range(1, 3).Select(days => time.AddDays(days));

    private static IEnumerable<DateTime> Earlier(DateTime time) => Enumerable.Range(1, 3).Select(days => time.AddDays(-days));
}
