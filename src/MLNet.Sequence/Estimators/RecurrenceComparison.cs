using System.Diagnostics;
using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Tasks.Metrics;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>Trains architectures under one budget, round by round, and measures what each is worth and costs.</summary>
internal sealed class RecurrenceComparison(SequenceHost host, ForecastingOptions task, CompareOptions options)
{
    private readonly long _seed = task.Training.Seed ?? host.NextSeed();

    public RecurrenceReport Run(IDataView train, IDataView test, IReadOnlyList<Architecture> architectures)
    {
        options.Validate(architectures.Count);
        foreach (Architecture architecture in architectures)
            task.Validate(architecture);
        Entrant[] entrants = [.. architectures.Select((architecture, i) => new Entrant(NameOf(architectures, i), architecture))];
        int rounds = Train(entrants, train, test);
        ForecastingMetrics[] metrics = [.. entrants.Select(entrant => entrant.Metrics!)];
        var bootstrap = new BlockBootstrap(entrants[0].Losses[0].Length, options.Resamples, options.Confidence, _seed, neighbours: task.Horizon);
        var analysis = new RecurrenceAnalysis(entrants.Select(entrant => entrant.Candidate), bootstrap, options.Margin, _seed);
        ComparedModel[] models = [.. entrants.Select(entrant => Measure(entrant, analysis, test))];
        ComparedBaseline[] baselines = [.. Baselines(metrics[0])];
        return new RecurrenceReport
        {
            Models = models,
            Baselines = baselines,
            Windows = entrants[0].Losses[0].Length,
            Context = task.Context,
            Horizon = task.Horizon,
            Rounds = rounds,
            Confidence = options.Confidence,
            FeedForwardAgainstRecurrent = analysis.OfKinds,
            StableAgainstUnconstrained = analysis.OfStability,
            Recommendation = RecurrenceWords.Recommend(analysis, models, baselines),
        };
    }

    // All architectures finish a round before the next begins, so that all have the same seeds.
    private int Train(Entrant[] entrants, IDataView train, IDataView test)
    {
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < options.Rounds; round++)
        {
            // The rounds so far say how long one takes.
            if (round > 0 && options.MaxTime < Stopwatch.GetElapsedTime(start) * ((round + 1.0) / round))
                return round;
            foreach (Entrant entrant in entrants)
                Train(entrant, round, train, test);
        }

        return options.Rounds;
    }

    private void Train(Entrant entrant, int round, IDataView train, IDataView test)
    {
        var forecaster = new SequenceForecaster(host.Environment, entrant.Architecture, task with
        {
            RolledBack = task.ValidationSet is null ? round : 0,
            Training = TrainingOf(entrant.Name, round),
        });
        using ForecastingTransformer fitted = forecaster.Fit(train);
        IDataView scored = fitted.Transform(test);
        if (round == 0)
            (entrant.Model, entrant.Metrics) = (fitted.Model, ForecastEvaluation.Run(host, scored, options.Seasonality, train, task.ForecastColumn));
        (double[] losses, double speed) = Score(fitted.Model, scored);
        entrant.Losses.Add(losses);
        entrant.Speed = Math.Max(entrant.Speed, speed);
        entrant.Reports.Add(fitted.Model.Report);
    }

    private TrainingOptions TrainingOf(string name, int round)
    {
        // Each training has its own folder, the first one that of its name.
        string own = round == 0 ? name : $"{name}-{round + 1}";
        TrainingOptions training = task.Training;
        return training with
        {
            Seed = _seed + round,
            Checkpoints = training.Checkpoints is { } checkpoints ? checkpoints with { Directory = Path.Combine(checkpoints.Directory, own) } : null,
            ResumeFrom = training.ResumeFrom is { } folder ? Path.Combine(folder, own) : null,
            TensorBoardDirectory = training.TensorBoardDirectory is { } events ? Path.Combine(events, own) : null,
            Progress = options.Progress is { } told ? new Forwarding(training.Progress, progress => told.Report(new CompareProgress(name, round + 1, options.Rounds, progress))) : training.Progress,
        };
    }

    // The mean squared error of each window in standardised units, over horizon and targets.
    private (double[] Losses, double WindowsPerSecond) Score(SequenceModel model, IDataView scored)
    {
        float[] deviation = model.Scaling.Pooled.Deviation;
        int targets = ((Tasks.Forecasting)model.Task).TargetChannels.Count;
        var losses = new List<double>();
        long start = Stopwatch.GetTimestamp();
        foreach ((float[] forecast, float[] actual) in ForecastPairs.Of(scored, task))
        {
            double sum = 0;
            for (int i = 0; i < forecast.Length; i++)
                sum += Math.Pow(((double)forecast[i] - actual[i]) / deviation[i % targets], 2);
            losses.Add(sum / forecast.Length);
        }

        return ([.. losses], losses.Count / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private ComparedModel Measure(Entrant entrant, RecurrenceAnalysis analysis, IDataView test)
    {
        SequenceModel model = entrant.Model!;
        StepCost cost = StepCost.Of(model, host, test);
        (double low, double high) = analysis.Interval(entrant.Name);
        return new ComparedModel
        {
            Name = entrant.Name,
            Model = model,
            IsFeedForward = entrant.IsFeedForward,
            Metrics = entrant.Metrics!,
            Error = entrant.Candidate.Error,
            ErrorLow = low,
            ErrorHigh = high,
            ValidationError = entrant.Candidate.Validation,
            TrainingSeconds = entrant.Reports.Average(report => report.Seconds),
            StepMicroseconds = cost.Microseconds,
            StepsInConstantTime = cost.IsConstant,
            WindowsPerSecond = entrant.Speed,
            Memory = (sizeof(float) * model.ParameterCount, cost.SeriesBytes),
            Horizon = HorizonRun.Of(host, model, test, options.MemoryHorizon),
        };
    }

    private static IEnumerable<ComparedBaseline> Baselines(ForecastingMetrics metrics)
    {
        if (metrics.Naive is { } naive)
            yield return new ComparedBaseline("naive", naive.Overall);
        if (metrics.SeasonalNaive is { } seasonal)
            yield return new ComparedBaseline("seasonal naive", seasonal.Overall);
    }

    // "lstm", and where there are several, "lstm-2".
    private static string NameOf(IReadOnlyList<Architecture> architectures, int index)
    {
        string name = architectures[index].Name;
        int before = architectures.Take(index).Count(other => other.Name == name);
        return before == 0 ? name : $"{name}-{before + 1}";
    }

    /// <summary>An architecture and what its trainings gave so far.</summary>
    private sealed class Entrant(string name, Architecture architecture)
    {
        public string Name => name;

        public Architecture Architecture => architecture;

        public SequenceModel? Model { get; set; }

        public ForecastingMetrics? Metrics { get; set; }

        public double Speed { get; set; }

        public List<double[]> Losses { get; } = [];

        public List<TrainingReport> Reports { get; } = [];

        public bool IsFeedForward => architecture.Build(Model!.Task.ContextLength).ReceptiveField is not null;

        public RecurrenceCandidate Candidate => new(name, IsFeedForward, !IsFeedForward && Model!.Certificate.IsCertified, Validation, [.. Losses]);

        private double Validation => Reports.Average(report => report.Epochs.Min(epoch => epoch.ValidationLoss) ?? double.NaN);
    }

    private sealed class Forwarding(IProgress<TrainingProgress>? first, Action<TrainingProgress> second) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            first?.Report(value);
            second(value);
        }
    }
}
