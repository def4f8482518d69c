using MLNet.Sequence.Hosting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Fitting;

/// <summary>From a task and its batches to a fitted model: what the estimators of all tasks prepare, and the code that they share.</summary>
/// <param name="Architecture">What is trained or solved.</param>
/// <param name="Task">The task, bound to the columns of the rows.</param>
/// <param name="Scaling">Fitted on the training rows.</param>
/// <param name="Job">The batches and the objective.</param>
/// <param name="Options">How to train.</param>
internal sealed record ModelFitting(Architecture Architecture, SequenceTask Task, SeriesScaling Scaling, TrainingJob Job, TrainingOptions Options)
{
    /// <summary>The network of the model.</summary>
    public NetworkPlan Network { get; } = SequenceModel.BuildNetwork(Architecture, Task);

    // Of a cluster, only rank 0 reports.
    private bool Reports => Options.Cluster is not { Rank: > 0 };

    // While training is truncated, or gradients are cut, the backbone is one layer deeper: the same weights in the same order under longer names.
    private NetworkPlan Trained { get; } = Task.BuildTrained(
        (Options.Truncation, Options.BackpropSteps) switch
        {
            ({ } steps, _) => new Windowed(SequenceModel.Backbone(Architecture, Task), steps),
            // Rows that are trained whole have no chunks.
            (_, { } chunk) when !Job.Training.CarriesState && Architecture is not Reference =>
                new CutGradients(SequenceModel.Backbone(Architecture, Task), chunk, Options.BackpropDepth ?? chunk),
            _ => SequenceModel.Backbone(Architecture, Task),
        },
        SequenceModel.Encoder(Architecture, Task));

    /// <summary>Trains the model, or solves it in closed form.</summary>
    public SequenceModel Fit(HostRun run)
    {
        (Weights weights, TrainingReport report) = Architecture is Reference reference ? Solve(reference, run) : Train(run);
        return new SequenceModel(Architecture, Task, weights, Scaling, report) { InputRange = Job.InputRange };
    }

    /// <summary>A range test of the learning rate on initial weights.</summary>
    public LearningRateCurve FindRate(HostRun run, int steps)
    {
        using TorchNetwork network = Start(run);
        return LearningRateFinder.Run(network, Connect(run), Options, steps);
    }

    private (Weights Weights, TrainingReport Report) Solve(Reference reference, HostRun run)
    {
        (Weights weights, TrainingReport report) = new ClosedForm(reference, Task, Network, Connect(run), Options).Run();
        run.Channel.Info(report.StoppedBecause);
        return (weights, report);
    }

    private (Weights Weights, TrainingReport Report) Train(HostRun run)
    {
        using TorchNetwork network = Start(run);
        using var trainer = new Trainer(network, Connect(run), Options);
        TrainingReport report = trainer.Run();
        if (Reports && report.PaddedPart is { } padded)
            run.Channel.Info(FormattableString.Invariant($"{100 * padded:F1} % of the steps of a batch were padding."));
        if (Reports)
            run.Channel.Info($"{report.StoppedBecause} The weights are those of epoch {report.BestEpoch}.");
        Weights fitted = Renamed(network.ReadWeights(), Trained.AllWeights(), Network.AllWeights());
        return (ForecastingPlan.WithMeanVectors(Network, fitted), report);
    }

    private TorchNetwork Start(HostRun run)
    {
        Weights first = Options.WarmStart is { } model
            ? WarmStart.Weights(model, this)
            : Initializer.Draw(Network.AllWeights(), new RandomStream(Job.Seed));
        var network = new TorchNetwork(
            Trained,
            TorchDevice.Resolve(run.Host.GpuDeviceId, run.Host.FallbackToCpu, out string? warning),
            Renamed(first, Network.AllWeights(), Trained.AllWeights()));
        foreach (string text in TorchRuntime.TakeWarnings().Append(warning).Append(ShortSight()).OfType<string>().Where(_ => Reports))
            run.Channel.Warning(text);
        return network;
    }

    // If all steps are pooled, an input that one step does not see reaches the output through the others.
    private string? ShortSight()
    {
        if (Task.PoolsSteps || Task.TargetInput is not null)
            return null;
        if (Architecture.Build(Task.ContextLength).ReceptiveField is not { } field || field >= Task.ContextLength)
            return null;
        string context = Task.Series is null ? "the longest sequence" : "the context";
        return $"The receptive field of {Architecture.GetType().Name} is {field} steps, and {context} has {Task.ContextLength}: the network does not see "
            + $"the first {Task.ContextLength - field} of them.";
    }

    private static Weights Renamed(Weights weights, IEnumerable<WeightSpec> from, IEnumerable<WeightSpec> to)
    {
        var renamed = new Weights();
        foreach ((WeightSpec old, WeightSpec spec) in from.Zip(to))
            renamed.Add(weights[old.Name] with { Name = spec.Name });
        return renamed;
    }

    private TrainingJob Connect(HostRun run)
    {
        run.Channel.SetProgressHeader(["Loss", "Validation loss"], "epochs");
        return Job with
        {
            Info = run.Channel.Info,
            Warn = run.Channel.Warning,
            CheckCancelled = run.ThrowIfCancelled,
            Progress = progress => run.Channel.Report(
                progress.Finished?.Epoch ?? progress.Epoch - 1 + (double)progress.Batch / progress.Batches,
                progress.Epochs,
                progress.Loss,
                progress.Finished?.ValidationLoss),
        };
    }
}
