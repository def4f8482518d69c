using System.Diagnostics;
using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>Trains architectures under one budget, round by round, and measures what each is worth and costs.</summary>
internal sealed class RecurrenceComparison(SequenceHost host, ComparedTask task, CompareOptions options)
{
    private readonly long _seed = task.Training.Seed ?? host.NextSeed();

    private ComparedBaseline[] _baselines = [];

    public RecurrenceReport Run(IDataView train, IDataView test, IReadOnlyList<Architecture> architectures)
    {
        options.Validate(architectures.Count);
        foreach (Architecture architecture in architectures)
            task.Check(architecture);
        // Losses are compared in pairs: every model must see the same rows in the same order.
        (train, test) = (new KeptRows(train, task.Columns, host.ThrowIfCanceled), new KeptRows(test, task.Columns, host.ThrowIfCanceled));
        float[] stream = task.Read(train, test);
        Entrant[] entrants = [.. architectures.Select((architecture, i) => new Entrant(NameOf(architectures, i), architecture))];
        int rounds = Train(entrants, train, test), examples = entrants[0].Losses[0].Length;
        var bootstrap = new BlockBootstrap(examples, options.Resamples, options.Confidence, _seed, task.Neighbours);
        RecurrenceTerms terms = RecurrenceTerms.Of(entrants[0].Model!.Task);
        var analysis = new RecurrenceAnalysis(entrants.Select(entrant => entrant.Candidate), bootstrap, options.Margin, _seed) { Metric = terms.Metric };
        ComparedModel[] models = [.. entrants.Select(entrant => Measure(entrant, analysis, test, stream))];
        var words = new RecurrenceWords(analysis, models, terms);
        return new RecurrenceReport
        {
            Models = models,
            Baselines = _baselines,
            Examples = examples,
            Rounds = rounds,
            Confidence = options.Confidence,
            FeedForwardAgainstRecurrent = analysis.OfKinds,
            StableAgainstUnconstrained = analysis.OfStability,
            MemoryShortfall = words.Shortfall,
            Recommendation = words.Recommend(_baselines),
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
        using SequenceTransformer fitted = task.Fit(train, entrant.Architecture, TrainingOf(entrant.Name, round), round);
        IDataView scored = fitted.Transform(test);
        if (round == 0)
            (entrant.Model, entrant.Metrics) = (fitted.Model, task.Metrics(train, scored, fitted.Model));
        if (_baselines.Length == 0)
            _baselines = [.. task.Baselines(train, scored, fitted.Model)];
        long start = Stopwatch.GetTimestamp();
        double[] losses = [.. task.Losses(scored, fitted.Model)];
        entrant.Speed = Math.Max(entrant.Speed, losses.Length / Stopwatch.GetElapsedTime(start).TotalSeconds);
        entrant.Losses.Add(losses);
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

    private ComparedModel Measure(Entrant entrant, RecurrenceAnalysis analysis, IDataView test, float[] stream)
    {
        SequenceModel model = entrant.Model!;
        StepCost cost = StepCost.Of(model, stream);
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
            ExamplesPerSecond = entrant.Speed,
            Memory = (sizeof(float) * model.ParameterCount, cost.SeriesBytes),
            Horizon = HorizonRun.Of(host, model, test, task.Horizon(options.MemoryHorizon)),
        };
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

        public IReadOnlyDictionary<string, double>? Metrics { get; set; }

        public double Speed { get; set; }

        public List<double[]> Losses { get; } = [];

        public List<TrainingReport> Reports { get; } = [];

        public bool IsFeedForward => architecture.Build(Model!.Task.ContextLength).ReceptiveField is not null;

        public RecurrenceCandidate Candidate => new(name, IsFeedForward, !IsFeedForward && Model!.Certificate.OfNetwork.IsCertified, Validation, [.. Losses]);

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
