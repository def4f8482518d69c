using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training.References;

/// <summary>Compares ridge regression with least squares by Gaussian elimination, and with the true coefficients of the data.</summary>
[TestClass]
public sealed class LeastSquaresTests
{
    private const int Rows = 8000, Trained = 6000, Context = 4;

    private static readonly ForecastingOptions Options = new()
    {
        Targets = ["Value"],
        Context = Context,
        Horizon = 1,
        Normalization = WindowNormalization.None,
        Training = new TrainingOptions { BatchSize = 256 },
    };

    // x_t = 0.5 x_{t−1} − 0.4 x_{t−2} + noise of deviation 1, around 50.
    private static readonly (double[] Values, double[] Noise) Process = Autoregression(Rows, 0.5, -0.4);

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Without_a_penalty_it_is_least_squares()
    {
        double[] forecasts = Forecasts(new Ridge { Lags = 2, Penalty = 0 }, Options);
        // The last tenth of the training rows is for validation.
        int[] origins = [.. Enumerable.Range(Context - 1, Trained * 9 / 10 - Context)];
        double[] map = Solve([.. origins.Select(t => new[] { 1, Process.Values[t], Process.Values[t - 1] })], [.. origins.Select(t => Process.Values[t + 1])]);
        double[] byHand = [.. Tested.Select(t => map[0] + map[1] * Process.Values[t] + map[2] * Process.Values[t - 1])];
        Close.AssertEqual(byHand, forecasts, 1e-6, "forecasts");
        Assert.AreEqual(1, Error(forecasts) / Error(byHand), 1e-6);
    }

    [TestMethod]
    public void With_a_penalty_by_validation_it_comes_within_a_hundredth_of_the_optimum()
    {
        foreach (int lags in new[] { 2, Context })
            Assert.IsLessThan(1.01 * Tested.Average(t => Math.Pow(Process.Noise[t + 1], 2)), Error(Forecasts(new Ridge { Lags = lags }, Options)));
    }

    [TestMethod]
    public void An_infinite_penalty_leaves_the_mean()
    {
        double mean = Enumerable.Range(Context, Trained * 9 / 10 - Context).Average(t => Process.Values[t]);
        foreach (double forecast in Forecasts(new Ridge { Penalty = 1e12 }, Options))
            Assert.AreEqual(mean, forecast, 1e-5);
    }

    [TestMethod]
    public void Behind_the_last_value_its_lags_are_differences_from_it()
    {
        double[] forecasts = Forecasts(new Ridge { Lags = 3, Penalty = 0 }, Options with { Normalization = WindowNormalization.LastValue });
        int[] origins = [.. Enumerable.Range(Context - 1, Trained * 9 / 10 - Context)];
        double[] Inputs(int t) => [1, Process.Values[t - 1] - Process.Values[t], Process.Values[t - 2] - Process.Values[t]];
        double[] map = Solve([.. origins.Select(Inputs)], [.. origins.Select(t => Process.Values[t + 1] - Process.Values[t])]);
        double[] byHand = [.. Tested.Select(t => Process.Values[t] + Inputs(t).Zip(map, (x, w) => x * w).Sum())];
        Close.AssertEqual(byHand, forecasts, 1e-6, "forecasts");
    }

    [TestMethod]
    public void In_windows_of_mean_0_and_deviation_1_errors_count_in_the_units_of_the_series()
    {
        double[] forecasts = Forecasts(new Ridge { Lags = 3, Penalty = 0 }, Options with { Normalization = WindowNormalization.MeanAndDeviation });
        int[] origins = [.. Enumerable.Range(Context - 1, Trained * 9 / 10 - Context)];
        double smallest = WindowNormalized.Epsilon * Variance(Process.Values[..(Trained * 9 / 10)]);
        // Weighted least squares: a row of a window of deviation s, multiplied by s.
        double[] Row(int t)
        {
            (double mean, double scale) = Moments(t);
            return [scale, .. Enumerable.Range(0, 3).Select(lag => Process.Values[t - lag] - mean)];
        }

        double[] map = Solve([.. origins.Select(Row)], [.. origins.Select(t => Process.Values[t + 1] - Moments(t).Mean)]);
        double[] byHand = [.. Tested.Select(t => Moments(t).Mean + Row(t).Zip(map, (x, w) => x * w).Sum())];
        Close.AssertEqual(byHand, forecasts, 1e-5, "forecasts");

        (double Mean, double Scale) Moments(int t)
        {
            double[] window = Process.Values[(t + 1 - Context)..(t + 1)];
            return (window.Average(), Math.Sqrt(Variance(window) + smallest));
        }
    }

    [TestMethod]
    public void Errors_of_each_target_count_in_its_own_unit()
    {
        const int horizon = 2, fitted = 540;
        // The first target is quiet and wild in turn, the second one always alike, with a curve that a linear map only fits on average.
        double[][] targets = [Process.Values[..600].Select((value, t) => t / 50 % 2 == 0 ? 50 + 0.1 * (value - 50) : 50 + 10 * (value - 50)).ToArray(),
            Process.Values[1000..1600].Select(value => Math.Exp((value - 50) / 2)).ToArray()];
        IDataView rows = Pairs(targets);
        ForecastingOptions options = PairOptions with { Horizon = horizon };
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Ridge { Lags = 2, Penalty = 0 }, options).Fit(rows);
        float[][] found = TinyForecasting.Column(model.Transform(rows));
        double[] smallest = [.. targets.Select(values => WindowNormalized.Epsilon * Variance(values[..fitted]))];
        int[] origins = [.. Enumerable.Range(Context - 1, fitted - horizon - Context + 1)], tested = [.. Enumerable.Range(fitted, 600 - fitted - horizon)];
        for (int target = 0; target < 2; target++)
        {
            for (int step = 1; step <= horizon; step++)
            {
                // Weighted least squares: a row, multiplied by the deviation of the target's window.
                double[] Row(int t) => [.. new[] { 1.0 }.Concat(targets.SelectMany((_, other) => Enumerable.Range(0, 2)
                    .Select(lag => (targets[other][t - lag] - Moments(other, t).Mean) / Moments(other, t).Scale))).Select(x => x * Moments(target, t).Scale)];
                double[] map = Solve([.. origins.Select(Row)], [.. origins.Select(t => targets[target][t + step] - Moments(target, t).Mean)]);
                double[] byHand = [.. tested.Select(t => Moments(target, t).Mean + Row(t).Zip(map, (x, w) => x * w).Sum())];
                Close.AssertEqual(byHand, [.. tested.Select(t => (double)found[t][(step - 1) * 2 + target])], 1e-4, $"target {target}, step {step}");
            }
        }

        (double Mean, double Scale) Moments(int target, int t)
        {
            double[] window = targets[target][(t + 1 - Context)..(t + 1)];
            return (window.Average(), Math.Sqrt(Variance(window) + smallest[target]));
        }
    }

    [TestMethod]
    public void The_penalty_of_two_targets_in_normalised_windows_is_that_of_the_least_validation_error()
    {
        ForecastingOptions options = PairOptions with { Context = 12, Training = new TrainingOptions { ValidationFraction = 0.4 } };
        IDataView rows = Pairs([Process.Values[..110].Select((value, t) => 50 + t % 40 * (value - 50)).ToArray(), Process.Values[1000..1110]]);
        double Loss(Ridge ridge) => _ml.Forecasting.Trainers.Sequence(ridge, options).Fit(rows).Model.Report.Epochs[0].ValidationLoss!.Value;
        double[] losses = [.. RidgeSolution.Penalties.Select(penalty => Loss(new Ridge { Penalty = penalty }))];
        Assert.AreEqual(losses.Min(), Loss(new Ridge()), 1e-6);
        Assert.IsLessThan(0.8 * losses[0], losses.Min());
    }

    [TestMethod]
    public void The_penalty_is_that_of_the_least_validation_error()
    {
        // Few rows and many lags: least squares fit the noise.
        ForecastingOptions options = Options with { Context = 24, Training = new TrainingOptions { ValidationFraction = 0.4 } };
        IDataView rows = View(Process.Values[..110]);
        double Loss(Ridge ridge) => _ml.Forecasting.Trainers.Sequence(ridge, options).Fit(rows).Model.Report.Epochs[0].ValidationLoss!.Value;
        double[] losses = [.. RidgeSolution.Penalties.Select(penalty => Loss(new Ridge { Penalty = penalty }))];
        Assert.AreEqual(losses.Min(), Loss(new Ridge()), 1e-6);
        Assert.IsLessThan(0.8 * losses[0], losses.Min());
    }

    [TestMethod]
    public void Without_validation_the_penalty_is_that_of_the_least_generalised_cross_validation()
    {
        ForecastingOptions options = Options with { Context = 1, Training = new TrainingOptions { ValidationFraction = 0 } };
        double[] values = Process.Values[..12];
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Ridge(), options).Fit(View(values));
        double mean = values.Average(), deviation = Math.Sqrt(values.Average(value => Math.Pow(value - mean, 2)));
        double[] z = [.. values.Select(value => (value - mean) / deviation)], x = z[..^1], y = z[1..];
        double variance = x.Average(value => value * value) - Math.Pow(x.Average(), 2);
        double covariance = x.Zip(y, (a, b) => a * b).Average() - x.Average() * y.Average();
        double Score(double penalty)
        {
            double slope = covariance / (variance + penalty), freedom = 1 + variance / (variance + penalty);
            double error = x.Zip(y, (a, b) => Math.Pow(b - y.Average() - slope * (a - x.Average()), 2)).Average();
            return error / Math.Pow(1 - freedom / x.Length, 2);
        }

        double best = RidgeSolution.Penalties.MinBy(Score);
        Assert.AreEqual(covariance / (variance + best), model.Model.Weights["head.dense.weight"].Values[0], 1e-5);
        StringAssert.Contains(model.Model.Report.StoppedBecause, string.Create(CultureInfo.InvariantCulture, $"λ = {best:G3} by generalised cross-validation"));
    }

    [TestMethod]
    public void Numbers_of_rows_of_any_length_are_a_linear_function_of_their_last_steps()
    {
        LabelledSequence[] rows = LabelledSequence.Make(120);
        foreach (LabelledSequence row in rows)
            row.Number = 3 + 2 * row.Features[^1] - 0.5f * row.Features[^2];
        IDataView data = LabelledSequence.View(_ml, rows);
        var options = new SequenceOptions { LabelColumnName = "Number", Pooling = PoolingKind.LastStep };
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(new Ridge { Lags = 2, Penalty = 0 }, options).Fit(data);
        float[] scores = [.. model.Transform(data).GetColumn<float>("Score")];
        Close.AssertEqual([.. rows.Select(row => (double)row.Number)], Close.Doubles(scores), 1e-5, "scores");
    }

    [TestMethod]
    public void Rows_count_by_their_weights_and_pooled_steps_are_averages()
    {
        LabelledSequence[] rows = LabelledSequence.Make(90, seed: 3);
        foreach ((int i, LabelledSequence row) in rows.Index())
            (row.Number, row.Weight) = (row.Number + i % 7, 1 + i % 3);
        var training = new TrainingOptions { ValidationFraction = 0 };
        var options = new SequenceOptions { LabelColumnName = "Number", Pooling = PoolingKind.Mean, ExampleWeightColumnName = "Weight", Training = training };
        IDataView data = LabelledSequence.View(_ml, rows);
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(new Ridge { Lags = 1, Penalty = 0 }, options).Fit(data);
        // A row of weight 3 counts as three rows.
        LabelledSequence[] repeated = [.. rows.SelectMany(row => Enumerable.Repeat(row, (int)row.Weight))];
        double[] map = Solve([.. repeated.Select(row => new[] { 1, (double)row.Features.Average() })], [.. repeated.Select(row => (double)row.Number)]);
        double[] byHand = [.. rows.Select(row => map[0] + map[1] * row.Features.Average())];
        Close.AssertEqual(byHand, Close.Doubles(model.Transform(data).GetColumn<float>("Score")), 1e-5, "scores");
    }

    [TestMethod]
    public void Next_steps_that_are_numbers_are_continued_by_an_autoregression()
    {
        // A wave of one frequency is x_t = 2 cos ω x_{t−1} − x_{t−2} around its level; only the second step of a row has fewer than two
        // steps before it.
        StepSequence[] rows = StepSequence.Waves(200);
        IDataView data = StepSequence.View(_ml, rows);
        var options = new NextStepOptions { Kind = StepKind.Real, Features = 2, Training = new TrainingOptions { BackpropSteps = 4 } };
        using NextStepTransformer model = _ml.Sequence.Trainers.NextStep(new Ridge { Lags = 2 }, options).Fit(data);
        StepSequence[] whole = StepSequence.Waves(20, seed: 2), cut = [.. whole.Select(row => new StepSequence { Features = row.Features[..^2] })];
        float[][] predictions = [.. model.Transform(StepSequence.View(_ml, cut)).GetColumn<float[]>("Prediction")];
        for (int row = 0; row < cut.Length; row++)
            Assert.AreEqual(whole[row].Features[^2], predictions[row][0], 3);
    }

    private static IEnumerable<int> Tested => Enumerable.Range(Trained + Context - 1, Rows - Trained - Context);

    private static double Error(double[] forecasts) => Tested.Zip(forecasts, (t, forecast) => Math.Pow(forecast - Process.Values[t + 1], 2)).Average();

    private static (double[] Values, double[] Noise) Autoregression(int rows, double first, double second)
    {
        var random = new RandomStream(5);
        double[] noise = [.. Enumerable.Range(0, rows).Select(_ => random.NextNormal())], values = new double[rows];
        for (int t = 0; t < rows; t++)
            values[t] = 50 + noise[t] + (t < 2 ? 0 : first * (values[t - 1] - 50) + second * (values[t - 2] - 50));
        return (values, noise);
    }

    // The normal equations, by elimination.
    internal static double[] Solve(double[][] inputs, double[] targets)
    {
        int size = inputs[0].Length;
        double[][] system = [.. Enumerable.Range(0, size).Select(i => (double[])[
            .. Enumerable.Range(0, size).Select(j => inputs.Sum(row => row[i] * row[j])), inputs.Zip(targets, (row, target) => row[i] * target).Sum()])];
        for (int pivot = 0; pivot < size; pivot++)
        {
            for (int row = 0; row < size; row++)
            {
                double factor = row == pivot ? 0 : system[row][pivot] / system[pivot][pivot];
                for (int column = pivot; column <= size; column++)
                    system[row][column] -= factor * system[pivot][column];
            }
        }

        return [.. system.Select((row, i) => row[size] / row[i])];
    }

    private IDataView View(double[] values) => _ml.Data.LoadFromEnumerable(values.Select(value => new Row { Value = value }).ToArray());

    private double[] Forecasts(Ridge ridge, ForecastingOptions options)
    {
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(ridge, options).Fit(View(Process.Values[..Trained]));
        float[][] forecasts = TinyForecasting.Column(model.Transform(View(Process.Values[Trained..])));
        return [.. Tested.Select(t => (double)forecasts[t - Trained][0])];
    }

    private static ForecastingOptions PairOptions => Options with { Targets = ["Value", "Other"], Normalization = WindowNormalization.MeanAndDeviation };

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Average(value => (value - mean) * (value - mean));
    }

    private IDataView Pairs(double[][] targets) =>
        _ml.Data.LoadFromEnumerable(targets[0].Zip(targets[1], (value, other) => new Pair { Value = value, Other = other }).ToArray());

    private sealed class Pair
    {
        public double Value { get; set; }

        public double Other { get; set; }
    }

    private sealed class Row
    {
        public double Value { get; set; }
    }
}
