using System.Diagnostics;
using Microsoft.ML;
using MLNet.Sequence.ByTask;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Comparison;

/// <summary>Trains architectures under one budget, round by round, and measures the error and the cost of each.</summary>
internal sealed class RecurrenceComparison(SequenceHost host, ComparedTask task, CompareOptions options)
{
    // The test examples that have a loss by every model.
    private bool[] _kept = [];

    public RecurrenceReport Run(IDataView train, IDataView test, IReadOnlyList<Architecture> architectures)
    {
        Architecture[] trained = [.. architectures.Where(architecture => architecture is not Reference)];
        options.Validate(trained.Length);
        if (task.ValidationSet is null && task.Training.ValidationFraction == 0)
        {
            throw new ArgumentException(
                "A comparison chooses models by their validation loss, and there are no rows to validate on. "
                + "Give a ValidationSet, or a Training.ValidationFraction above 0.");
        }

        if (task.Training.Cluster is { Size: > 1 })
            throw new ArgumentException("A comparison trains models side by side, and a cluster trains one at a time: leave Training.Cluster null.");
        ComparedTrainings.CheckFolder(host, task.Training, options.Directory);
        foreach (Architecture architecture in architectures)
            task.Check(architecture);
        // Losses are compared in pairs: every model must see the same rows in the same order.
        KeptRows Keep(IDataView data) => new(data, task.Columns.Concat(UnnamedTime.All(data.Schema).Select(column => column.Name)), host);
        (train, test) = (Keep(train), Keep(test));
        float[] stream = task.Read(train, test);
        var trainings = new ComparedTrainings(host, task.Training, options, train);
        Entrant[] entrants = Entrant.Named(trained, architecture => architecture.Name);
        long start = Stopwatch.GetTimestamp();
        new ComparedTrials(task, trainings, options).Choose(entrants);
        var race = new ComparedRace(task, trainings, options);
        int rounds = race.Run(entrants, Stopwatch.GetElapsedTime(start));
        Entrant[] references = Solve(architectures.OfType<Reference>(), train, trainings.Seed);
        ComparedBaseline[] baselines = Score([.. entrants, .. references], train, test);
        // In pairs: a row without a loss from the models has none from the reference.
        int examples = entrants[0].Losses[0].Length;
        CountedReference[] counted = [.. task.WithoutModel(train, test, entrants[0].Models[0]).Where(reference => reference.Losses.Length == examples)];
        var intervals = new LossIntervals(task.Times ?? [.. Enumerable.Range(0, examples).Select(i => (long)i)], task.Overlap, options.Confidence)
        {
            Weights = task.Weights,
        };
        RecurrenceTerms terms = RecurrenceTerms.Of(entrants[0].Models[0].Task);
        (RecurrenceCandidate, int?, SequenceModel?) Counted(CountedReference reference) => (Candidate(reference, rounds), reference.Memory, null);
        // References that compare whole rows are the least simple.
        (RecurrenceCandidate Candidate, int? Memory, SequenceModel? Model)[] simple =
        [
            .. counted.Where(reference => reference.Memory is not null).Select(Counted),
            .. references.Select(reference => (reference.Candidate, reference.Memory, (SequenceModel?)reference.Models[0])),
            .. counted.Where(reference => reference.Memory is null).Select(Counted),
        ];
        RecurrenceAnalysis Analyse() => new(entrants.Select(entrant => entrant.CandidateOf(task.Training.Patience)), intervals, options.Margin)
        {
            Metric = terms.Metric,
            InWindows = task.Context > 0,
            Alternative = terms.Alternative,
            References = [.. simple.Select(reference => reference.Candidate)],
        };
        RecurrenceAnalysis analysis = Analyse();
        if (analysis.StoppedTooEarly is { Count: > 0 } early)
        {
            Finish([.. entrants.Where(entrant => early.Any(one => one.Name == entrant.Name))], race, test);
            analysis = Analyse();
        }

        (DataMemory? memory, CarriedRecurrence? carried) = options.DataMemory && task.Rungs.Count > 0
            ? new ComparedPast(task, trainings, model => Score(model, test))
                .Measure(entrants, simple.Select(reference => (reference.Memory, reference.Candidate)), (intervals, analysis))
            : default;
        string? chosen = analysis.Reference?.Name;
        ComparedModel[] models = [.. entrants.Concat(references.Where(reference => reference.Name == chosen))
            .Select(entrant => Measure(entrant, analysis, (train, test), stream))];
        ComparedReference[] reported =
            [.. simple.Select(reference => Reported(reference.Candidate, reference.Memory, analysis) with { Model = reference.Model })];
        var words = new RecurrenceConclusion(analysis, models, terms) { DataMemory = memory, Carried = carried, Epochs = task.Training.UsedEpochs };
        return new RecurrenceReport
        {
            Models = models,
            Stopped = [.. entrants.Select(entrant => entrant.Stopped).OfType<StoppedModel>()],
            LeftOut = [.. analysis.LeftOut.Select(candidate => candidate.Name)],
            References = reported,
            Baselines = [.. baselines, .. Usual(counted, terms)],
            Examples = examples,
            Remarks = [.. task.Remarks],
            Rounds = rounds,
            Confidence = options.Confidence,
            FeedForwardAgainstRecurrent = analysis.OfKinds,
            StableAgainstUnconstrained = analysis.OfStability,
            MemoryShortfall = words.Shortfall,
            DataMemory = memory,
            CarriesState = carried,
            Recommendation = words.Recommend(reported),
        };
    }

    private double[] Score(SequenceModel model, IDataView test)
    {
        using SequenceTransformer transformer = TransformerFactory.Create(host.Environment, model);
        return [.. task.Losses(transformer.Transform(test), model).Select(loss => loss.Own)];
    }

    // Trains architectures that were stopped to their end. The examples that have no loss by one of the models are already left out.
    private void Finish(Entrant[] stopped, ComparedRace race, IDataView test)
    {
        race.Finish(stopped);
        foreach (Entrant entrant in stopped)
        {
            entrant.Losses.Clear();
            foreach (SequenceModel model in entrant.Models)
                Score(entrant, model, test);
            Keep(entrant);
        }
    }

    // Once for all rounds: nothing is random.
    private Entrant[] Solve(IEnumerable<Reference> asked, IDataView train, long seed)
    {
        Entrant[] references = Entrant.Named(
            [.. task.References(asked)], architecture => architecture is Ridge { Lags: { } lags } ? $"{architecture.Name}-{lags}" : architecture.Name);
        TrainingOptions solving = task.Training with
        {
            Seed = seed,
            Checkpoints = null,
            ResumeFrom = null,
            WarmStart = null,
            Truncation = null,
            BackpropSteps = null,
            BackpropDepth = null,
            TensorBoardDirectory = null,
        };
        foreach (Entrant reference in references)
        {
            using SequenceTransformer fitted = task.Fit(train, reference.Architecture, solving, round: 0);
            reference.Models.Add(fitted.Model);
        }

        return references;
    }

    // After all trainings: nothing else must run while scoring is timed.
    private ComparedBaseline[] Score(Entrant[] entrants, IDataView train, IDataView test)
    {
        foreach (Entrant entrant in entrants)
        {
            foreach (SequenceModel model in entrant.Models)
                Score(entrant, model, test);
        }

        _kept = [.. Enumerable.Range(0, entrants[0].Losses[0].Length)
            .Select(i => entrants.All(entrant => entrant.Losses.All(losses => double.IsFinite(losses[i].Own))))];
        if (!_kept.Contains(true))
            throw new InvalidOperationException("There is nothing to compare: no test example has a loss by every model.");
        task.Keep(_kept);
        foreach (Entrant entrant in entrants)
        {
            Keep(entrant);
            // A solved model is the same in all rounds.
            while (entrant.Losses.Count < entrants[0].Losses.Count)
                entrant.Losses.Add(entrant.Losses[0]);
        }

        using SequenceTransformer first = TransformerFactory.Create(host.Environment, entrants[0].Models[0]);
        return [.. task.Baselines(train, first.Transform(test), entrants[0].Models[0])];
    }

    private void Score(Entrant entrant, SequenceModel model, IDataView test)
    {
        using SequenceTransformer transformer = TransformerFactory.Create(host.Environment, model);
        IDataView scored = transformer.Transform(test);
        long start = Stopwatch.GetTimestamp();
        ExampleLoss[] losses = [.. task.Losses(scored, model)];
        entrant.Speed = Math.Max(entrant.Speed, losses.Length / Stopwatch.GetElapsedTime(start).TotalSeconds);
        entrant.Losses.Add(losses);
    }

    // Some tasks leave examples out themselves from then on.
    private void Keep(Entrant entrant)
    {
        for (int round = 0; round < entrant.Losses.Count; round++)
        {
            if (entrant.Losses[round].Length == _kept.Length)
                entrant.Losses[round] = [.. entrant.Losses[round].Where((_, i) => _kept[i])];
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
            StillLearns = entrant.StillLearns(task.Training.Patience),
            Metrics = task.Metrics(data.Train, transformer.Transform(data.Test), model),
            Error = entrant.Candidate.Error,
            PooledError = entrant.PooledError,
            ErrorLow = low,
            ErrorHigh = high,
            ValidationError = entrant.Candidate.Validation,
            TrainingSeconds = entrant.Models.Average(one => one.Report.Seconds),
            StepMicroseconds = cost.Microseconds,
            StepsInConstantTime = cost.IsConstant,
            ExamplesPerSecond = entrant.Speed,
            Footprint = (sizeof(float) * model.ParameterCount, cost.SeriesBytes),
            Memory = !task.MeasuresMemory ? null : MemoryRun.Of(host, model, data.Test, task.Measured(options.Memory)),
        };
    }

    private static RecurrenceCandidate Candidate(CountedReference reference, int rounds)
    {
        double[] losses = Array.ConvertAll(reference.Losses, loss => loss.Own);
        return new RecurrenceCandidate(reference.Name, IsFeedForward: true, IsStable: false, reference.Validation, [.. Enumerable.Repeat(losses, rounds)]);
    }

    // The constant predictions, by the names that they have outside a comparison.
    private static IEnumerable<ComparedBaseline> Usual(CountedReference[] counted, RecurrenceTerms terms) =>
        from name in terms.Baselines
        from reference in counted
        where reference.Name == name.Replace(' ', '-')
        select new ComparedBaseline(name, reference.Losses.Average(loss => loss.Own));

    private static ComparedReference Reported(RecurrenceCandidate reference, int? memory, RecurrenceAnalysis analysis)
    {
        (double low, double high) = analysis.Interval(reference);
        return new ComparedReference { Name = reference.Name, Error = reference.Error, ErrorLow = low, ErrorHigh = high, Memory = memory };
    }
}
