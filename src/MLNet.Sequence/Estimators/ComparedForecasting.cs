using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tasks.Metrics;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>Forecasting: an example is a window of the test rows.</summary>
internal sealed class ComparedForecasting(SequenceHost host, ForecastingOptions options, int seasonality) : ComparedTask
{
    private const int LongestStream = 100_000;

    public override TrainingOptions Training => options.Training;

    public override IEnumerable<string> Columns =>
        [.. options.Targets, .. options.Inputs, .. new[] { options.SeriesColumn, options.TimeColumn }.OfType<string>()];

    public override int Neighbours => options.Horizon;

    public override void Check(Architecture architecture) => options.Validate(architecture);

    public override float[] Read(IDataView train, IDataView test)
    {
        var columns = new ForecastingColumns(host);
        Forecasting task = columns.Bind(train.Schema, options);
        columns.Check(test.Schema, task);
        SeriesSet set = SeriesReader.Read(test, task, allowMissing: false, host.ThrowIfCanceled);
        Series longest = set.Series.MaxBy(series => series.Length) ?? throw new InvalidOperationException("The test data has no rows.");
        var values = new double[Math.Min(longest.Length, LongestStream) * set.Channels];
        longest.Rows.CopyTo(0, values);
        return Array.ConvertAll(values, value => (float)value);
    }

    // Without a validation set each round ends one validation tail earlier than the one before.
    public override SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round) =>
        new SequenceForecaster(host.Environment, architecture, options with
        {
            RolledBack = options.ValidationSet is null ? round : 0,
            Training = training,
        }).Fit(train);

    // The mean squared error of each window in standardised units, over horizon and targets.
    public override IEnumerable<double> Losses(IDataView scored, SequenceModel model)
    {
        ValueList<double> deviation = model.Scaling.Pooled.Deviation;
        int targets = ((Forecasting)model.Task).TargetChannels.Count;
        // A target that did not vary in training has no standardised error, unless none has.
        int[] varying = [.. Enumerable.Range(0, targets).Where(target => !model.Scaling.Pooled.IsConstant(target))];
        bool[] counts = [.. Enumerable.Range(0, targets).Select(target => varying.Length == 0 || varying.Contains(target))];
        foreach ((double[] forecast, double[] actual) in ForecastPairs.Of(scored, options))
        {
            (double sum, int count) = (0, 0);
            for (int i = 0; i < forecast.Length; i++)
            {
                if (!counts[i % targets])
                    continue;
                sum += Math.Pow((forecast[i] - actual[i]) / deviation[i % targets], 2);
                count++;
            }

            yield return sum / count;
        }
    }

    public override IReadOnlyDictionary<string, double> Metrics(IDataView train, IDataView scored, SequenceModel model) => Named(Evaluate(train, scored).Overall);

    public override IEnumerable<ComparedBaseline> Baselines(IDataView train, IDataView scored, SequenceModel model)
    {
        ForecastingMetrics metrics = Evaluate(train, scored);
        foreach ((string name, ForecastingMetrics? naive) in new[] { ("naive", metrics.Naive), ("seasonal naive", metrics.SeasonalNaive) })
        {
            if (naive is not null)
                yield return new ComparedBaseline(name, naive.StandardizedMeanSquaredError) { Metrics = Named(naive.Overall) };
        }
    }

    private ForecastingMetrics Evaluate(IDataView train, IDataView scored) =>
        ForecastEvaluation.Run(host, scored, seasonality, train, options.ForecastColumn);

    private static Dictionary<string, double> Named(ForecastingScores scores) => new()
    {
        ["mse"] = scores.MeanSquaredError,
        ["mae"] = scores.MeanAbsoluteError,
        ["rmse"] = scores.RootMeanSquaredError,
        ["smape"] = scores.SymmetricMeanAbsolutePercentageError,
        ["mase"] = scores.MeanAbsoluteScaledError,
        ["mseStandardised"] = scores.StandardizedMeanSquaredError,
        ["maeStandardised"] = scores.StandardizedMeanAbsoluteError,
    };
}
