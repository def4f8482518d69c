using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNet.Sequence.Calendars;

/// <summary>
/// A frequency in a file: <c>every 01:00:00</c>, <c>steps 0.25</c>, <c>months 3 End 0 Sunday</c>, <c>week 00:30:00 00:00:00 holidays 18 13 …</c>
/// (the lengths of the closed and open parts of the week in turn, closed first), <c>irregular</c>.
/// </summary>
internal sealed class FrequencyText : JsonConverter<Frequency>
{
    private const string EverySpan = "every", EveryNumber = "steps", EachMonth = "months", EachWeek = "week", None = "irregular";
    private const string WithHolidays = "holidays", Complete = "complete";
    private const int LargestWeek = 1_000_000;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    public static string Write(Frequency frequency) => frequency switch
    {
        EvenSteps even => string.Create(Plain, $"{EverySpan} {even.Span:c}"),
        NumberSteps numbers => string.Create(Plain, $"{EveryNumber} {numbers.Step:R}"),
        MonthSteps months => string.Create(Plain, $"{EachMonth} {months.Months} {months.Rule} {months.Number} {months.OfWeek}"),
        WeekSteps week => string.Create(Plain,
            $"{EachWeek} {week.Step:c} {week.Phase:c} {(week.Holidays ? WithHolidays : Complete)} {string.Join(' ', Runs(week.Open))}"),
        _ => None,
    };

    /// <exception cref="JsonException">The text is not a frequency.</exception>
    public static Frequency Parse(string text)
    {
        try
        {
            return text.Split(' ') switch
            {
                [EverySpan, var span] when Span(span) > TimeSpan.Zero => new EvenSteps(Span(span)),
                [EveryNumber, var step] when double.Parse(step, Plain) is > 0 and < double.PositiveInfinity and var size => new NumberSteps(size),
                [EachMonth, var months, var rule, var number, var day] => Months(int.Parse(months, Plain), rule, int.Parse(number, Plain), day),
                [EachWeek, var step, var phase, var kind, .. var runs] => Week(Span(step), Span(phase), kind, runs),
                [None] => Frequency.Irregular,
                _ => throw new FormatException(),
            };
        }
        catch (Exception damage) when (damage is FormatException or OverflowException or ArgumentException)
        {
            throw new JsonException($"'{text}' is not a frequency.", damage);
        }
    }

    public override Frequency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString() ?? throw new JsonException("A frequency is a text."));

    public override void Write(Utf8JsonWriter writer, Frequency value, JsonSerializerOptions options) => writer.WriteStringValue(Write(value));

    private static TimeSpan Span(string text) => TimeSpan.ParseExact(text, "c", Plain);

    private static MonthSteps Months(int months, string rule, int number, string day)
    {
        var steps = new MonthSteps(months, Enum.Parse<MonthRule>(rule), number, Enum.Parse<DayOfWeek>(day));
        bool isNumbered = steps.Rule is MonthRule.Day or MonthRule.Weekday;
        return months is > 0 and <= 1200 && Enum.IsDefined(steps.Rule) && Enum.IsDefined(steps.OfWeek)
            && (isNumbered ? number >= 1 && number <= (steps.Rule == MonthRule.Day ? 31 : 4) : number == 0)
            ? steps
            : throw new FormatException();
    }

    private static WeekSteps Week(TimeSpan step, TimeSpan phase, string kind, string[] runs)
    {
        int[] lengths = [.. runs.Select(run => int.Parse(run, Plain))];
        long slots = step > TimeSpan.Zero && TimeSpan.TicksPerDay % step.Ticks == 0 ? 7 * (TimeSpan.TicksPerDay / step.Ticks) : 0;
        if (kind is not (WithHolidays or Complete) || lengths.Any(length => length < 0) || lengths.Sum(length => (long)length) != slots
            || slots is 0 or > LargestWeek || phase < TimeSpan.Zero || phase >= step || lengths.Index().All(run => run.Index % 2 == 0 || run.Item == 0))
            throw new FormatException();
        return new WeekSteps(step, phase, [.. lengths.Index().SelectMany(run => Enumerable.Repeat(run.Index % 2 == 1, run.Item))], kind == WithHolidays);
    }

    private static IEnumerable<int> Runs(ValueList<bool> open)
    {
        (bool now, int length) = (false, 0);
        foreach (bool one in open)
        {
            if (one != now)
            {
                yield return length;
                (now, length) = (one, 0);
            }

            length++;
        }

        yield return length;
    }
}
