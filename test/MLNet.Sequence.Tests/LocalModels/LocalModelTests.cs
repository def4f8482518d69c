using System.Globalization;
using MLNet.Sequence.LocalModels;

namespace MLNet.Sequence.Tests.LocalModels;

[TestClass]
public sealed class LocalModelTests
{
    private const double Close = 1e-6;

    private static readonly double[] Pattern = [0.8, 1.3, 0.9, 1.0];

    [TestMethod]
    public void Naive2_repeats_the_last_value_with_the_season_of_the_series()
    {
        double[] seasonal = [.. Enumerable.Range(0, 40).Select(t => 50 * Pattern[t % 4])];
        double[] forecast = new Naive2 { Season = 4 }.Forecast(seasonal, 6);
        AssertNear([.. Enumerable.Range(40, 6).Select(t => 50 * Pattern[t % 4])], forecast, Close);

        // Without a significant season it is the naive forecast.
        var random = new Random(3);
        double[] noise = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble())];
        AssertNear([noise[^1], noise[^1]], new Naive2 { Season = 7 }.Forecast(noise, 2), 0);
        AssertNear([5, 5, 5], new Naive2 { Season = 4 }.Forecast([5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5], 3), 0);
    }

    [TestMethod]
    public void The_seasonal_figure_is_that_of_the_classical_decomposition()
    {
        // Worked by hand for a season of 2: the centred mean of 4 6 5 7 6 8 is (y₀ + 2 y₁ + y₂) / 4.
        double[] values = [4, 6, 5, 7, 6, 8];
        double[] trend = [5.25, 5.75, 6.25, 6.75];
        double odd = (6 / trend[0] + 7 / trend[2]) / 2, even = (5 / trend[1] + 6 / trend[3]) / 2, mean = (odd + even) / 2;
        AssertNear([even / mean, odd / mean], SeasonalAdjustment.Figure(values, 2, multiplies: true), 1e-12);
        double up = (6 - trend[0] + 7 - trend[2]) / 2, down = (5 - trend[1] + 6 - trend[3]) / 2, middle = (up + down) / 2;
        AssertNear([down - middle, up - middle], SeasonalAdjustment.Figure(values, 2, multiplies: false), 1e-12);
    }

    [TestMethod]
    public void Simple_smoothing_has_the_least_squared_error_of_all_rates_and_levels()
    {
        var random = new Random(1);
        double level = 10;
        double[] values = [.. Enumerable.Range(0, 200).Select(_ => (level += 0.3 * (random.NextDouble() - 0.5)) + random.NextDouble())];
        double Error(double alpha, double first)
        {
            double sum = 0;
            foreach (double value in values)
            {
                sum += (value - first) * (value - first);
                first += alpha * (value - first);
            }

            return sum;
        }

        double Last(double alpha, double first) => values.Aggregate(first, (state, value) => state + alpha * (value - state));
        var best = (from a in Enumerable.Range(1, 400)
                    from f in Enumerable.Range(0, 201)
                    let alpha = a / 400.0 - 1e-4
                    let first = 9.5 + f / 100.0
                    select (Error: Error(alpha, first), Alpha: alpha, First: first)).MinBy(one => one.Error);
        Assert.AreEqual(Last(best.Alpha, best.First), SimpleSmoothing.Level(values), 0.01);
    }

    [TestMethod]
    public void Theta_continues_a_line_with_half_its_slope_and_a_season_with_it()
    {
        // Of a line the theta line of 2 is the line itself: smoothing ends at its last value, the trend goes on.
        double[] line = [.. Enumerable.Range(0, 30).Select(t => 3 + 2.0 * t)];
        AssertNear([61 + 1, 61 + 2, 61 + 3], new Theta().Forecast(line, 3), 0.02);

        double[] seasonal = [.. Enumerable.Range(0, 48).Select(t => 20 * Pattern[t % 4])];
        AssertNear([.. Enumerable.Range(48, 5).Select(t => 20 * Pattern[t % 4])], new Theta { Season = 4 }.Forecast(seasonal, 5), Close);
    }

    [TestMethod]
    public void Exponential_smoothing_finds_a_line_and_a_growing_season()
    {
        var random = new Random(1);
        double[] line = [.. Enumerable.Range(0, 60).Select(t => 3 + 2.0 * t + 0.01 * random.NextDouble())];
        AssertNear([123, 125, 127], new ExponentialSmoothing().Forecast(line, 3), 0.1);

        double[] growing = [.. Enumerable.Range(0, 80).Select(t => (10 + 0.5 * t) * Pattern[t % 4] * (1 + 0.001 * random.NextDouble()))];
        double[] expected = [.. Enumerable.Range(80, 8).Select(t => (10 + 0.5 * t) * Pattern[t % 4])];
        AssertNear(expected, new ExponentialSmoothing { Season = 4 }.Forecast(growing, 8), 0.6);
    }

    // A history and the same history at another level or in another unit have the same forecasts there.
    [TestMethod]
    [DataRow(1.0, 1e8)]
    [DataRow(1.0, -10.0)]
    [DataRow(1e-7, 0.0)]
    [DataRow(1e7, 0.0)]
    public void Exponential_smoothing_follows_a_history_to_any_level_and_unit(double unit, double level)
    {
        var random = new Random(5);
        double state = 10;
        double[] values = [.. Enumerable.Range(0, 80).Select(t => (state += 0.3 * (random.NextDouble() - 0.5)) + random.NextDouble())];
        double[] expected = new ExponentialSmoothing().Forecast(values, 3);
        double[] moved = new ExponentialSmoothing().Forecast([.. values.Select(value => unit * value + level)], 3);
        AssertNear(expected, [.. moved.Select(value => (value - level) / unit)], 1e-3);
    }

    [TestMethod]
    public void The_chosen_form_has_the_least_criterion_and_more_likelihood_than_its_start()
    {
        double[] passengers = AirPassengers();
        SmoothingForm[] forms = [.. SmoothingForm.All(passengers, 12)];
        Assert.HasCount(9, forms);
        FittedSmoothing best = forms.Select(form => form.Fit(passengers)!).MinBy(fitted => fitted.Criterion)!;

        // R's ets chooses a multiplicative season with a trend: ETS(M,Ad,M).
        Assert.AreEqual(SmoothedSeason.Multiplied, best.Form.Season);
        Assert.AreNotEqual(SmoothedTrend.None, best.Form.Trend);
    }

    [TestMethod]
    public void On_AirPassengers_the_local_models_beat_the_seasonal_naive_forecast()
    {
        double[] all = AirPassengers(), train = all[..120], test = all[120..];
        double Error(IEnumerable<double> forecast) => forecast.Zip(test, (f, y) => Math.Abs(f - y)).Average();
        double seasonal = Error([.. train[^12..], .. train[^12..]]);

        Assert.IsTrue(Error(new Theta { Season = 12 }.Forecast(train, 24)) < seasonal);
        Assert.IsTrue(Error(new ExponentialSmoothing { Season = 12 }.Forecast(train, 24)) < seasonal);
        Assert.IsTrue(Error(new Naive2 { Season = 12 }.Forecast(train, 24)) < Error(Enumerable.Repeat(train[^1], 24)));
    }

    [TestMethod]
    public void Bad_histories_are_refused_or_have_no_forecast()
    {
        foreach (LocalModel model in new LocalModel[] { new Naive2 { Season = 4 }, new Theta { Season = 4 }, new ExponentialSmoothing { Season = 4 } })
        {
            Assert.IsTrue(double.IsNaN(model.Forecast([1, double.NaN, 2], 2)[1]));
            AssertNear([7, 7], model.Forecast([7], 2), 1e-9);
            AssertNear([3, 3], model.Forecast([.. Enumerable.Repeat(3.0, 40)], 2), 1e-9);
            // Zeros and negative values have no factors.
            Assert.IsTrue(model.Forecast([.. Enumerable.Range(0, 40).Select(t => t % 4 - 1.0)], 4).All(double.IsFinite));
            Assert.IsTrue(model.Forecast([.. Enumerable.Range(0, 40).Select(t => 3e38 * (1 + t % 4))], 4).All(double.IsFinite));
            Assert.Throws<ArgumentException>(() => model.Forecast([], 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => model.Forecast([1], 0));
            StringAssert.Contains(Assert.Throws<ArgumentException>(() => (model with { Season = 0 }).Forecast([1], 1)).Message, "Season must be at least 1");
        }
    }

    // Box and Jenkins, "Time Series Analysis", 1970, series G.
    private static double[] AirPassengers() => [.. ("112,118,132,129,121,135,148,148,136,119,104,118,115,126,141,135,125,149,170,170,158,133,114,140,"
        + "145,150,178,163,172,178,199,199,184,162,146,166,171,180,193,181,183,218,230,242,209,191,172,194,"
        + "196,196,236,235,229,243,264,272,237,211,180,201,204,188,235,227,234,264,302,293,259,229,203,229,"
        + "242,233,267,269,270,315,364,347,312,274,237,278,284,277,317,313,318,374,413,405,355,306,271,306,"
        + "315,301,356,348,355,422,465,467,404,347,305,336,340,318,362,348,363,435,491,505,404,359,310,337,"
        + "360,342,406,396,420,472,548,559,463,407,362,405,417,391,419,461,472,535,622,606,508,461,390,432")
        .Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

    private static void AssertNear(double[] expected, double[] actual, double tolerance)
    {
        Assert.HasCount(expected.Length, actual);
        foreach ((double one, double other) in expected.Zip(actual))
            Assert.AreEqual(one, other, tolerance);
    }
}
