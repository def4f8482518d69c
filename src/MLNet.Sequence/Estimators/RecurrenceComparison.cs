using System.Diagnostics;
using System.Globalization;
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
    private readonly Lock _telling = new();

    public RecurrenceReport Run(IDataView train, IDataView test, IReadOnlyList<Architecture> architectures)
    {
        Architecture[] trained = [.. architectures.Where(architecture => architecture is not Reference)];
        options.Validate(trained.Length);
        if (task.ValidationSet is null && task.Training.ValidationFraction == 0)
        {
            throw new ArgumentException(
                "A comparison chooses models by their validation loss, and there are no rows to validate on. Give a ValidationSet, or a Training.ValidationFraction above 0.");
        }

        CheckFolder();
        foreach (Architecture architecture in architectures)
            task.Check(architecture);
        // Losses are compared in pairs: every model must see the same rows in the same order.
        KeptRows Keep(IDataView data) => new(data, task.Columns.Concat(UnnamedTime.All(data.Schema).Select(column => column.Name)), host);
        (train, test) = (Keep(train), Keep(test));
        float[] stream = task.Read(train, test);
        Entrant[] entrants = Entrants(trained, architecture => architecture.Name);
        int rounds = Train(entrants, train);
        Entrant[] references = Solve(architectures.OfType<Reference>(), train);
        ComparedBaseline[] baselines = Score([.. entrants, .. references], train, test);
        // In pairs: of a row for which models give nothing there is none.
        CountedReference[] counted = [.. task.WithoutModel(train, test, entrants[0].Models[0]).Where(reference => reference.Losses.Length == entrants[0].Losses[0].Length)];
        int examples = entrants[0].Losses[0].Length;
        var intervals = new LossIntervals(task.Times ?? [.. Enumerable.Range(0, examples).Select(i => (long)i)], task.Overlap, options.Confidence);
        RecurrenceTerms terms = RecurrenceTerms.Of(entrants[0].Models[0].Task);
        var analysis = new RecurrenceAnalysis(entrants.Select(entrant => entrant.Candidate), intervals, options.Margin)
        {
            Metric = terms.Metric,
            InWindows = task.Context > 0,
            References = [.. counted.Select(reference => Candidate(reference, rounds)), .. references.Select(reference => reference.Candidate)],
        };
        (DataMemory? memory, CarriedRecurrence? carried) = options.DataMemory && task.Context > 0 ? Past(entrants, references, (train, test), (intervals, analysis)) : default;
        string? chosen = analysis.Reference?.Name;
        ComparedModel[] models = [.. entrants.Concat(references.Where(reference => reference.Name == chosen)).Select(entrant => Measure(entrant, analysis, (train, test), stream))];
        ComparedReference[] solved = [.. counted.Select(reference => Reported(Candidate(reference, rounds), reference.Memory, analysis)), .. references.Select(reference =>
            Reported(reference.Candidate, reference.Memory, analysis) with { Model = reference.Models[0] })];
        var words = new RecurrenceWords(analysis, models, terms) { DataMemory = memory, Carried = carried };
        return new RecurrenceReport
        {
            Models = models,
            References = solved,
            Baselines = baselines,
            Examples = examples,
            Remarks = [.. task.Remarks],
            Rounds = rounds,
            Confidence = options.Confidence,
            FeedForwardAgainstRecurrent = analysis.OfKinds,
            StableAgainstUnconstrained = analysis.OfStability,
            MemoryShortfall = words.Shortfall,
            DataMemory = memory,
            CarriesState = carried,
            Recommendation = words.Recommend(baselines, solved),
        };
    }

    private int AtOnce =>
        options.TrainingsAtOnce ?? (host.GpuDeviceId is null ? Math.Max(1, Environment.ProcessorCount / (task.Training.Threads ?? 1)) : 1);

    private void CheckFolder()
    {
        if (options.Directory is not { } folder)
            return;
        if (task.Training.Checkpoints is not null || task.Training.ResumeFrom is not null)
            throw new ArgumentException($"CompareOptions.{nameof(options.Directory)} keeps the trainings: leave Training.{nameof(TrainingOptions.Checkpoints)} and Training.{nameof(TrainingOptions.ResumeFrom)} out.");
        if (task.Training.Seed is null && host.Seed is null)
            throw new ArgumentException($"CompareOptions.{nameof(options.Directory)} needs a seed, so that trainings are the same when they are taken up again: set Training.{nameof(TrainingOptions.Seed)}, or give the MLContext one.");
        CheckpointFolder.MustBeWritable(folder, $"CompareOptions.{nameof(options.Directory)}");
    }

    // Without a limit of time all trainings are one pool. With one, all architectures finish a round before the next begins, so that all
    // have the same seeds.
    private int Train(Entrant[] entrants, IDataView train)
    {
        if (options.MaxTime is not { } most)
        {
            Train(entrants, train, Enumerable.Range(0, options.Rounds));
            return options.Rounds;
        }

        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < options.Rounds; round++)
        {
            // The rounds so far say how long one takes.
            if (round > 0 && most < Stopwatch.GetElapsedTime(start) * ((round + 1.0) / round))
                return round;
            Train(entrants, train, [round]);
        }

        return options.Rounds;
    }

    private void Train(Entrant[] entrants, IDataView train, IEnumerable<int> rounds)
    {
        (int Round, Entrant Entrant)[] trainings = [.. from round in rounds from entrant in entrants select (round, entrant)];
        SequenceModel[] models = SideBySide.Run(
            [.. trainings.Select(one => (Func<CancellationToken, SequenceModel>)(stop => Train(one.Entrant, one.Round, train, stop)))],
            AtOnce,
            task.Training.CancellationToken);
        foreach ((SequenceModel model, (_, Entrant entrant)) in models.Zip(trainings))
            entrant.Models.Add(model);
    }

    private SequenceModel Train(Entrant entrant, int round, IDataView train, CancellationToken stop) =>
        Train(task, train, new PastTraining(entrant.Architecture, entrant.Name, round), stop);

    private SequenceModel Train(ComparedTask some, IDataView train, PastTraining training, CancellationToken stop)
    {
        using SequenceTransformer fitted = some.Fit(
            train, training.Architecture, TrainingOf(some, training.Name, training.Round) with { CancellationToken = stop }, training.Round);
        MustBeValidated(fitted.Model.Report);
        return fitted.Model;
    }

    // What the data remembers, and whether a state beyond the window helps.
    private (DataMemory Memory, CarriedRecurrence? Carried) Past(
        Entrant[] entrants, Entrant[] references, (IDataView Train, IDataView Test) data, (LossIntervals Intervals, RecurrenceAnalysis Analysis) found)
    {
        double[] Score(ComparedTask some, SequenceModel model)
        {
            using SequenceTransformer transformer = TransformerFactory.Create(host.Environment, model);
            return [.. some.Losses(transformer.Transform(data.Test), model).Select(loss => loss.Own)];
        }

        var past = new ComparedPast(task, (some, training, stop) => Train(some, data.Train, training, stop), Score)
        {
            AtOnce = AtOnce,
            Cancellation = task.Training.CancellationToken,
        };
        return past.Measure(
            [.. entrants.Select(entrant => (entrant.Candidate, entrant.Architecture))], [.. references.Select(reference => (reference.Candidate, reference.Memory))], found);
    }

    // Once for all rounds: nothing is drawn.
    private Entrant[] Solve(IEnumerable<Reference> asked, IDataView train)
    {
        Entrant[] references = Entrants([.. task.References(asked)], architecture => architecture is Ridge { Lags: { } lags } ? $"{architecture.Name}-{lags}" : architecture.Name);
        TrainingOptions solving = task.Training with { Seed = _seed, Checkpoints = null, ResumeFrom = null, WarmStart = null, Truncation = null, TensorBoardDirectory = null };
        foreach (Entrant reference in references)
        {
            using SequenceTransformer fitted = task.Fit(train, reference.Architecture, solving, round: 0);
            reference.Models.Add(fitted.Model);
        }

        return references;
    }

    // After all trainings, so that nothing else runs while scoring is timed.
    private ComparedBaseline[] Score(Entrant[] entrants, IDataView train, IDataView test)
    {
        foreach (Entrant entrant in entrants)
        {
            foreach (SequenceModel model in entrant.Models)
            {
                using SequenceTransformer transformer = TransformerFactory.Create(host.Environment, model);
                IDataView scored = transformer.Transform(test);
                long start = Stopwatch.GetTimestamp();
                ExampleLoss[] losses = [.. task.Losses(scored, model)];
                entrant.Speed = Math.Max(entrant.Speed, losses.Length / Stopwatch.GetElapsedTime(start).TotalSeconds);
                entrant.Losses.Add(losses);
            }
        }

        bool[] kept = [.. Enumerable.Range(0, entrants[0].Losses[0].Length).Select(i => entrants.All(entrant => entrant.Losses.All(losses => double.IsFinite(losses[i].Own))))];
        if (!kept.Contains(true))
            throw new InvalidOperationException("There is nothing to compare: no test example has a loss by every model.");
        task.Keep(kept);
        foreach (Entrant entrant in entrants)
        {
            for (int round = 0; round < entrant.Losses.Count; round++)
                entrant.Losses[round] = [.. entrant.Losses[round].Where((_, i) => kept[i])];
            // What was solved once is the same in all rounds.
            while (entrant.Losses.Count < entrants[0].Losses.Count)
                entrant.Losses.Add(entrant.Losses[0]);
        }

        using SequenceTransformer first = TransformerFactory.Create(host.Environment, entrants[0].Models[0]);
        return [.. task.Baselines(train, first.Transform(test), entrants[0].Models[0])];
    }

    // Test rows would do to choose by, but then say nothing of what was chosen.
    private static void MustBeValidated(TrainingReport report)
    {
        if (report.Epochs.All(epoch => epoch.ValidationLoss is null))
        {
            throw new InvalidOperationException(
                "A comparison chooses models by their validation loss, and nothing was validated: there are too few rows to keep some apart, or no target varies in the training rows. Give more rows, or a ValidationSet.");
        }
    }

    private TrainingOptions TrainingOf(ComparedTask some, string name, int round)
    {
        // Each training has its own folder, the first one that of its name.
        string own = round == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-seed-{round + 1}");
        TrainingOptions training = some.Training;
        string? kept = options.Directory is { } folder ? Path.Combine(folder, own) : null;
        return training with
        {
            Seed = _seed + round,
            Checkpoints = kept is not null ? new CheckpointOptions { Directory = kept }
                : training.Checkpoints is { } checkpoints ? checkpoints with { Directory = Path.Combine(checkpoints.Directory, own) } : null,
            ResumeFrom = kept is not null ? (Directory.Exists(kept) ? kept : null)
                : training.ResumeFrom is { } resumed ? Path.Combine(resumed, own) : null,
            TensorBoardDirectory = training.TensorBoardDirectory is { } events ? Path.Combine(events, own) : null,
            Progress = training.Progress is null && options.Progress is null ? null : new Telling(progress => Tell(name, round, progress)),
        };
    }

    private void Tell(string name, int round, TrainingProgress progress)
    {
        lock (_telling)
        {
            task.Training.Progress?.Report(progress);
            options.Progress?.Report(new CompareProgress(name, round + 1, options.Rounds, progress));
        }
    }

    private ComparedModel Measure(Entrant entrant, RecurrenceAnalysis analysis, (IDataView Train, IDataView Test) data, float[] stream)
    {
        SequenceModel model = entrant.Models[0];
        StepCost cost = StepCost.Of(model, stream);
        using SequenceTransformer transformer = TransformerFactory.Create(host.Environment, model);
        (double low, double high) = analysis.Interval(entrant.Candidate);
        return new ComparedModel
        {
            Name = entrant.Name,
            Model = model,
            IsFeedForward = entrant.IsFeedForward,
            Metrics = task.Metrics(data.Train, transformer.Transform(data.Test), model),
            Error = entrant.Candidate.Error,
            PooledError = entrant.Losses.Any(losses => losses.Any(loss => loss.Own != loss.Pooled)) ? entrant.Losses.Average(losses => losses.Average(loss => loss.Pooled)) : null,
            ErrorLow = low,
            ErrorHigh = high,
            ValidationError = entrant.Candidate.Validation,
            TrainingSeconds = entrant.Models.Average(one => one.Report.Seconds),
            StepMicroseconds = cost.Microseconds,
            StepsInConstantTime = cost.IsConstant,
            ExamplesPerSecond = entrant.Speed,
            Memory = (sizeof(float) * model.ParameterCount, cost.SeriesBytes),
            Horizon = HorizonRun.Of(host, model, data.Test, task.Horizon(options.MemoryHorizon)),
        };
    }

    private static RecurrenceCandidate Candidate(CountedReference reference, int rounds) => new(
        reference.Name, IsFeedForward: true, IsStable: false, reference.Validation, [.. Enumerable.Repeat(Array.ConvertAll(reference.Losses, loss => loss.Own), rounds)]);

    private static ComparedReference Reported(RecurrenceCandidate reference, int? memory, RecurrenceAnalysis analysis)
    {
        (double low, double high) = analysis.Interval(reference);
        return new ComparedReference { Name = reference.Name, Error = reference.Error, ErrorLow = low, ErrorHigh = high, Memory = memory };
    }

    // "lstm", and where there are several, "lstm-2".
    private static Entrant[] Entrants(Architecture[] architectures, Func<Architecture, string> name) => [.. architectures.Select((architecture, i) =>
    {
        int before = architectures.Take(i).Count(other => name(other) == name(architecture));
        return new Entrant(before == 0 ? name(architecture) : $"{name(architecture)}-{before + 1}", architecture);
    })];

    /// <summary>An architecture and what its trainings gave so far.</summary>
    private sealed class Entrant(string name, Architecture architecture)
    {
        public string Name => name;

        public Architecture Architecture => architecture;

        /// <summary>Of each round.</summary>
        public List<SequenceModel> Models { get; } = [];

        /// <summary>Of each round, the same examples in the same order.</summary>
        public List<ExampleLoss[]> Losses { get; } = [];

        public double Speed { get; set; }

        /// <summary>Of a reference, the steps that it reads.</summary>
        public int Memory => architecture is Mean ? 0 : ((Reference)architecture).Steps(Models[0].Task.ContextLength);

        public bool IsFeedForward => architecture.Build(Models[0].Task.ContextLength).ReceptiveField is not null;

        public RecurrenceCandidate Candidate => new(
            name, IsFeedForward, !IsFeedForward && Models[0].Certificate.OfNetwork.IsCertified, Validation, [.. Losses.Select(round => Array.ConvertAll(round, loss => loss.Own))]);

        private double Validation => Models.Average(model => model.Report.Epochs.Min(epoch => epoch.ValidationLoss)!.Value);
    }

    // Calls back at once, on the training thread.
    private sealed class Telling(Action<TrainingProgress> told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told(value);
    }
}
