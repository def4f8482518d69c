using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Forecasts;

/// <summary>The last steps of each series, which validate: a number of them (<see cref="ForecastingOptions.ValidationSteps"/>), or a part.</summary>
internal sealed class ValidationTail(ForecastingOptions options, WindowShape shape)
{
    private readonly double _fraction = options.Training.ValidationFraction;

    private bool IsEmpty => options.ValidationSteps is null && _fraction == 0;

    // The rows of the shortest window.
    private long Least => (long)shape.Context + shape.Horizon;

    /// <summary>The steps of a series on which scaling is fitted: without the tail if the tail validates.</summary>
    public Func<Series, long> TrainingSteps(bool validates) => series =>
    {
        if (!validates || IsEmpty)
            return series.Length;
        // Of a padded series without a window to train on, too few rows are before the tail to scale it by.
        return series.Padding > 0 && !IsTrained(series) ? 0 : Math.Max(shape.Context, Cut(series));
    };

    /// <summary>The series without this many tails, but with a whole window each.</summary>
    public SeriesSet Without(SeriesSet set, int tails) => tails == 0 ? set : set.Head(series =>
    {
        long length = series.Length;
        for (int i = 0; i < tails; i++)
            length = Math.Max(Least, Cut(series, length));
        return length;
    });

    /// <summary>Windows to train on, and windows to validate with; null: none.</summary>
    /// <exception cref="InvalidOperationException">No series has the steps that <see cref="ForecastingOptions.ValidationSteps"/> asks for.</exception>
    public (Windows Train, Windows? Validation) Split(SeriesSet train, HostChannel channel)
    {
        if (IsEmpty)
            return (Windows.Over(train, shape), null);
        // Validation uses every origin, independently of the training stride.
        Windows head = Windows.Split(train, shape, Cut).Head;
        Windows tail = Windows.Split(train, shape with { Stride = 1 }, Cut).Tail;
        if (head.Count > 0 && tail.Count > 0)
        {
            WarnOfUnused(train, channel);
            return (head, tail);
        }

        if (options.ValidationSteps is { } steps)
        {
            long longest = train.Series.Max(series => series.Length);
            throw new InvalidOperationException($"With {nameof(ForecastingOptions.ValidationSteps)} {steps}, at least {Least + steps} rows of a series are "
                + $"needed: Context {shape.Context} + Horizon {shape.Horizon} to train on, and {steps} to validate. The longest has {longest}.");
        }

        channel.Warning(
            $"There are too few rows to keep {_fraction:P0} of them for validation: all are used for training, for all epochs.");
        return (Windows.Over(train, shape), null);
    }

    private bool IsTrained(Series series) => Cut(series) >= Least;

    private long Cut(Series series) => Cut(series, series.Length);

    // The first step of the tail of a series of this length. Padding is no part of what is divided.
    private long Cut(Series series, long length)
    {
        long own = length - series.Padding;
        return series.Padding + (options.ValidationSteps is { } steps ? Math.Max(0, own - steps) : Windows.Cut(own, _fraction));
    }

    private void WarnOfUnused(SeriesSet train, HostChannel channel)
    {
        bool IsValidated(Series series) => Math.Max(shape.Context, Cut(series)) + shape.Horizon <= series.Length;
        Series[] untrained = [.. train.Series.Where(series => !IsTrained(series))];
        Series[] unvalidated = [.. train.Series.Where(series => IsTrained(series) && !IsValidated(series))];
        int unused = untrained.Count(series => !IsValidated(series));
        if (untrained.Length > 0)
        {
            string neither = unused == 0 ? "" : $" {unused} of them are not used for validation either: their tail is shorter than Horizon ({shape.Horizon}).";
            channel.Warning($"{untrained.Length} series have too few rows before their validation tail to be trained on, beginning with "
                + $"{First(untrained)}.{neither}");
        }

        if (unvalidated.Length > 0)
        {
            channel.Warning($"{unvalidated.Length} series have a validation tail that is shorter than Horizon ({shape.Horizon}), beginning with "
                + $"{First(unvalidated)}: these rows are neither validated nor trained on. "
                + $"Raise Training.{nameof(TrainingOptions.ValidationFraction)}, or give {nameof(ForecastingOptions.ValidationSteps)} or a "
                + $"{nameof(ForecastingOptions.ValidationSet)}.");
        }
    }

    private static string First(IEnumerable<Series> series) => string.Join(", ", series.Take(5).Select(one => $"'{one.Key}'"));
}
