using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Bench;

/// <summary>
/// The time of a step of a session, for the four models of a first user's stream (context 48, horizon 6, one channel), and for the same sizes in
/// constant time.
/// </summary>
internal static class Streams
{
    private const int Context = 48, WarmUp = 3_000, Rounds = 401;

    /// <param name="before">Nanoseconds of the first rows at another commit on the same machine, in this order; empty: no ratios are printed.</param>
    public static int Run(double[] before)
    {
        (string Name, Architecture Architecture, ForecastingOptions Options)[] rows =
        [
            ("TCN, 16 channels, window normalised", new Tcn { Channels = 16 }, Options(WindowNormalization.MeanAndDeviation)),
            ("TCN, 16 channels", new Tcn { Channels = 16 }, Options(WindowNormalization.None)),
            ("LSTM", new Lstm(), Options(WindowNormalization.None)),
            ("TCN, 16 channels, 3 levels", new Tcn { Channels = 16, Levels = 3 }, Options(WindowNormalization.None)),
            ("LSTM with a carried state", new Lstm(), Options(WindowNormalization.None) with { CarriesState = true }),
            ("TCN, 16 channels, Streaming", new Tcn { Channels = 16 }, Options(null) with { Streaming = true }),
            ("LSTM, Streaming", new Lstm(), Options(null) with { Streaming = true }),
        ];
        Console.WriteLine("streams: a step of a session, medians of rounds of about a millisecond; ns, and the other commit's over them");
        for (int i = 0; i < rows.Length; i++)
        {
            (double nanoseconds, double fastest, bool constant) = Measure(rows[i].Architecture, rows[i].Options);
            string ratio = i < before.Length ? string.Create(CultureInfo.InvariantCulture, $"{before[i] / nanoseconds,7:F1} ×") : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {rows[i].Name,-38} {nanoseconds,9:F0} ns (a tenth of the rounds below {fastest:F0}){ratio}{(constant ? "  constant time" : "")}"));
        }

        Parts();
        return 0;
    }

    // What the window of an LSTM consists of; the lowest of many rounds, which other processes disturb least.
    private static void Parts()
    {
        const int units = 64, rows = 4 * units, together = 16;
        var layer = new LstmLayer(units);
        Weights weights = Initializer.Draw(layer.AllWeights(1), new RandomStream(1));
        var lstm = IManagedLayer.Create(layer, 1, "", weights);
        var matrix = new PackedMatrix(weights["weight_hh"].Values.Items, rows, units);
        float[] input = new float[together * Context], output = new float[together * Context * units];
        float[] sums = new float[rows], h = new float[units], c = new float[units];
        double whole = Lowest(() => lstm.Run(input.AsSpan(0, Context), output, Context));
        double many = Lowest(() => lstm.RunMany(input, output, together, Context)) / together;
        double products = Lowest(() =>
        {
            for (int step = 0; step < Context; step++)
                matrix.Multiply(h, sums);
        });
        double gates = Lowest(() =>
        {
            for (int step = 0; step < Context; step++)
                IRecurrentStep.Run<LstmStep>(new(units, ref sums[0], ref sums[0], new(ref h[0], ref c[0]), new(ref h[0], ref c[0])));
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the LSTM's window, lowest of many rounds: {whole:F1} µs, of it products with h "
            + $"{products:F1}, gates {gates:F1}; {together} windows together {many:F1} each"));
    }

    private static double Lowest(Action run)
    {
        double lowest = double.PositiveInfinity;
        for (int round = 0; round < 10 * Rounds; round++)
        {
            long began = Stopwatch.GetTimestamp();
            run();
            lowest = Math.Min(lowest, Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }

        return lowest;
    }

    private static ForecastingOptions Options(WindowNormalization? normalization) => new()
    {
        Targets = [nameof(Step.Y)],
        TimeColumnName = nameof(Step.T),
        Context = Context,
        Horizon = 6,
        Normalization = normalization,
        Training = new TrainingOptions { Epochs = 1, ShowProgress = false },
    };

    private static (double Median, double Fastest, bool IsConstant) Measure(Architecture architecture, ForecastingOptions options)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(
            i => new Step { T = new DateTime(2024, 1, 1).AddHours(i), Y = MathF.Sin(i / 4f) + 2 }));
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(architecture, options).Fit(rows);
        SequenceSession session = model.Model.CreateSession();
        var forecast = new float[session.OutputSize];
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < WarmUp || watch.ElapsedMilliseconds < 3_000; i++)
            session.Step([1f], forecast);
        double[] rounds = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            long began = Stopwatch.GetTimestamp();
            int steps = 0;
            for (; Stopwatch.GetElapsedTime(began).TotalMilliseconds < 1; steps += 4)
            {
                for (int i = 0; i < 4; i++)
                    session.Step([1f], forecast);
            }

            rounds[round] = Stopwatch.GetElapsedTime(began).TotalNanoseconds / steps;
        }

        return (Race.Quantile(rounds, 0.5), Race.Quantile(rounds, 0.1), session.IsConstantTime);
    }

    private sealed class Step
    {
        public DateTime T { get; set; }

        public float Y { get; set; }
    }
}
