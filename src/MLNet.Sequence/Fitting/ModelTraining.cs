using MLNet.Sequence.Hosting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Fitting;

/// <summary>From a task and its batches to a fitted model: the code that the estimators of all tasks share.</summary>
internal static class ModelTraining
{
    public static SequenceModel Run(
        SequenceHost host,
        (HostChannel Channel, HostCancellation Cancellation) running,
        (Architecture Architecture, SequenceTask Task) identity,
        SeriesScaling scaling,
        (TrainingJob Job, TrainingOptions Options) training)
    {
        if (identity.Architecture is Reference reference)
            return Solve(reference, identity.Task, scaling, (Connect(training.Job, host, running), training.Options));
        using TorchNetwork network = MakeNetwork(host, running.Channel, identity, training);
        using var trainer = new Trainer(network, Connect(training.Job, host, running), training.Options);
        TrainingReport report = trainer.Run();
        if (report.PaddedPart is { } padded)
            running.Channel.Info(FormattableString.Invariant($"{100 * padded:F1} % of the steps of a batch were padding."));
        running.Channel.Info($"{report.StoppedBecause} The weights are those of epoch {report.BestEpoch}.");
        Weights fitted = Renamed(network.ReadWeights(), TrainedPlan(identity, training.Options).AllWeights(), Specs(identity));
        fitted = ForecastingPlan.WithMeanVectors(SequenceModel.BuildNetwork(identity.Architecture, identity.Task), fitted);
        return new SequenceModel(identity.Architecture, identity.Task, fitted, scaling, report) { InputRange = training.Job.InputRange };
    }

    private static SequenceModel Solve(Reference reference, SequenceTask task, SeriesScaling scaling, (TrainingJob Job, TrainingOptions Options) training)
    {
        (Weights weights, TrainingReport report) = new ClosedForm(reference, task, training.Job, training.Options).Run();
        training.Job.Info(report.StoppedBecause);
        return new SequenceModel(reference, task, weights, scaling, report) { InputRange = training.Job.InputRange };
    }

    /// <summary>A range test of the learning rate on fresh weights.</summary>
    public static LearningRateCurve FindRate(
        SequenceHost host,
        (HostChannel Channel, HostCancellation Cancellation) running,
        (Architecture Architecture, SequenceTask Task) identity,
        (TrainingJob Job, TrainingOptions Options) training,
        int steps)
    {
        using TorchNetwork network = MakeNetwork(host, running.Channel, identity, training);
        return LearningRateFinder.Run(network, Connect(training.Job, host, running), training.Options, steps);
    }

    private static TorchNetwork MakeNetwork(
        SequenceHost host, HostChannel channel, (Architecture Architecture, SequenceTask Task) identity, (TrainingJob Job, TrainingOptions Options) training)
    {
        IEnumerable<WeightSpec> specs = Specs(identity);
        Weights first = training.Options.WarmStart is { } model
            ? WarmStart.Weights(model, identity, training.Options)
            : Initializer.Draw(specs, new RandomStream(training.Job.Seed));
        NetworkPlan plan = TrainedPlan(identity, training.Options);
        var network = new TorchNetwork(
            plan,
            TorchDevice.Resolve(host.GpuDeviceId, host.FallbackToCpu, out string? warning),
            Renamed(first, specs, plan.AllWeights()));
        training.Job.Objective.Bind(network.Parameters);
        foreach (string text in TorchRuntime.TakeWarnings().Append(warning).Append(ShortSight(identity)).OfType<string>())
            channel.Warning(text);
        return network;
    }

    // If all steps are pooled, an input that one step does not see reaches the output through the others.
    private static string? ShortSight((Architecture Architecture, SequenceTask Task) identity)
    {
        (Architecture architecture, SequenceTask task) = identity;
        if (task.PoolsSteps || architecture.Build(task.ContextLength).ReceptiveField is not { } field || field >= task.ContextLength)
            return null;
        string context = task.Series is null ? "the longest sequence" : "the context";
        return $"The receptive field of {architecture.GetType().Name} is {field} steps, and {context} has {task.ContextLength}: the network does not see "
            + $"the first {task.ContextLength - field} of them.";
    }

    private static IEnumerable<WeightSpec> Specs((Architecture Architecture, SequenceTask Task) identity) =>
        SequenceModel.BuildNetwork(identity.Architecture, identity.Task).AllWeights();

    private static NetworkPlan TrainedPlan((Architecture Architecture, SequenceTask Task) identity, TrainingOptions options)
    {
        Layer backbone = SequenceModel.Backbone(identity.Architecture, identity.Task);
        return identity.Task.BuildTrained(options.Truncation is { } steps ? new Windowed(backbone, steps) : backbone);
    }

    // While training is truncated, the backbone is one layer deeper: the same weights in the same order under longer names.
    private static Weights Renamed(Weights weights, IEnumerable<WeightSpec> from, IEnumerable<WeightSpec> to)
    {
        var renamed = new Weights();
        foreach ((WeightSpec old, WeightSpec spec) in from.Zip(to))
            renamed.Add(weights[old.Name] with { Name = spec.Name });
        return renamed;
    }

    private static TrainingJob Connect(TrainingJob job, SequenceHost host, (HostChannel Channel, HostCancellation Cancellation) running)
    {
        (HostChannel channel, HostCancellation cancellation) = running;
        channel.SetProgressHeader(["Loss", "Validation loss"], "epochs");
        return job with
        {
            Info = channel.Info,
            Warn = channel.Warning,
            CheckCancelled = () =>
            {
                cancellation.Token.ThrowIfCancellationRequested();
                // The token polls the context's flag from time to time; a batch may be shorter.
                host.ThrowIfCanceled();
            },
            Progress = progress => channel.Report(
                progress.Finished?.Epoch ?? progress.Epoch - 1 + (double)progress.Batch / progress.Batches,
                progress.Epochs,
                progress.Loss,
                progress.Finished?.ValidationLoss),
        };
    }
}
