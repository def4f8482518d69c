using System.Numerics.Tensors;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace MLNet.Sequence.Training;

/// <summary>A run that has just started and continues from a checkpoint.</summary>
internal sealed record CheckpointedRun(
    TrainingState Fresh, TorchNetwork Network, TrainingStep Step, BestWeights Best, TrainingJob Job, TrainingOptions Options);

/// <summary>
/// Checks that the run could have written a checkpoint: its counters agree with each other and with the batches, and its tensors are those
/// of the run. Done before anything is read from it into the run.
/// </summary>
internal static class CheckpointCheck
{
    private const int LongestPlan = 200, LongestRun = 64;

    /// <returns>true, always.</returns>
    /// <exception cref="FormatException">The checkpoint is impossible; the message names the first problem.</exception>
    public static bool MustFit(TrainingState state, Weights tensors, CheckpointedRun run)
    {
        CheckpointName? name = CheckpointName.Of(new CheckpointName(state.Run, 1, 1, Inside: false).ToString());
        Must(state.Run.Length <= LongestRun && name?.Run == state.Run, $"the name of its run cannot be a file name");
        Must(state.Written >= 0 && !(state.Plan?.Length > LongestPlan), $"its time or its plan is invalid");
        long batches = EpochsMustFit(state, run);
        CountersMustFit(state, run, batches);
        BestMustFit(state, run.Best);
        TensorsMustFit(tensors, Expected(state, run));
        return true;
    }

    // Completed epochs have all their batches. Returns the number of their batches.
    private static long EpochsMustFit(TrainingState state, CheckpointedRun run)
    {
        long batches = 0, steps = 0;
        for (int i = 0; i < state.Epochs.Count; i++)
        {
            EpochReport epoch = state.Epochs[i];
            Must(epoch.Epoch == i + 1, $"its epoch {i + 1} has the number {epoch.Epoch}");
            long count = Batches(state, epoch.Epoch, run);
            (batches, steps) = (batches + count, steps + Steps(count, run));
            Must(epoch.Step == steps, $"its epoch {epoch.Epoch} ended at step {epoch.Step}; expected {steps}");
            Must(
                double.IsFinite(epoch.Loss) && Amounts(epoch.LearningRate, epoch.GradientNorm, epoch.Seconds, epoch.DataSeconds, epoch.SamplesPerSecond),
                $"a figure of its epoch {epoch.Epoch} is invalid");
            Must(epoch.ValidationLoss is null != run.Best.Validates, $"its epoch {epoch.Epoch} has a validation loss without validation, or none with it");
        }

        return batches;
    }

    private static void CountersMustFit(TrainingState state, CheckpointedRun run, long batches)
    {
        long group = run.Options.AccumulationSteps, all = Batches(state, state.Epoch, run);
        Must(
            state.Batch >= 0 && state.Batch <= all && (state.Batch % group == 0 || state.Batch == all),
            $"it is at batch {state.Batch} of an epoch of {all}, in steps of {group}");
        long before = state.Epochs.Count == 0 ? 0 : state.Epochs[^1].Step, steps = Steps(state.Batch, run);
        Must(
            state.EpochSteps == steps && state.Step == before + steps,
            $"it is at step {state.Step}, {state.EpochSteps} of them in this epoch; expected {before + steps} and {steps}");
        Must(state.TotalBatches == batches + state.Batch, $"it counts {state.TotalBatches} batches; expected {batches + state.Batch}");
        Must(
            double.IsFinite(state.LossSum) && (double.IsNaN(state.Norm) || Amounts(state.Norm))
                && Amounts(state.WeightSum, state.EpochExamples, state.NormSum, state.Rate, state.Seconds, state.EpochSeconds, state.EpochDataSeconds),
            $"a figure of its epoch is invalid");
        Must(
            (state.Norms.Count == steps || state.Norms.Count == 0) && Amounts([.. state.Norms]) && state.ClippedSteps >= 0 && state.ClippedSteps <= steps,
            $"it has {state.Norms.Count} norms of gradients, {state.ClippedSteps} of them clipped, in {steps} steps of its epoch");
    }

    private static void BestMustFit(TrainingState state, BestWeights best)
    {
        Must(
            state.BestEpoch >= 0 && state.BestEpoch <= state.Epochs.Count && (best.Validates || state.BestEpoch == state.Epochs.Count),
            $"its best epoch is {state.BestEpoch} of {state.Epochs.Count}");
        double? expected = best.Validates && state.BestEpoch > 0 ? best.Monitored(state.Epochs[state.BestEpoch - 1]) : null;
        Must(
            state.Best == expected && (expected is not null || !best.Validates || state.BestEpoch == 0),
            $"its best value is {state.Best}; its epoch {state.BestEpoch} has {expected}");
    }

    // Names and shapes.
    private static Dictionary<string, long[]> Expected(TrainingState state, CheckpointedRun run)
    {
        long[] flat = run.Network.Parameters.Values.shape;
        var expected = new Dictionary<string, long[]>(StringComparer.Ordinal) { [TrainingCheckpoints.Values] = flat };
        if (run.Best.Validates && state.BestEpoch > 0)
            expected.Add(TrainingCheckpoints.Best, flat);
        foreach (string name in run.Step.Optimizer.Tensors.Keys)
            expected.Add(TrainingCheckpoints.OptimizerPrefix + name, flat);
        if (!run.Job.Training.CarriesState || state.Batch == 0)
            return expected;
        // Carried state has the names and shapes that the previous batch leaves.
        long[] examples = run.Job.Training.Order(run.Options.BatchSize, state.Derived(state.Epoch)).ElementAt((int)state.Batch - 1);
        foreach ((string name, long[] shape) in run.Step.StatesAfter(examples))
            expected.Add(TrainingCheckpoints.StatePrefix + name, shape);
        return expected;
    }

    private static void TensorsMustFit(Weights tensors, Dictionary<string, long[]> expected)
    {
        foreach ((string name, long[] shape) in expected)
        {
            if (!tensors.TryGet(name, out Weight? tensor))
                throw new FormatException($"it has no tensor '{name}'");
            Must(
                tensor.Shape.Select(size => (long)size).SequenceEqual(shape),
                $"its tensor '{name}' has the shape [{string.Join(", ", tensor.Shape)}]; expected [{string.Join(", ", shape)}]");
            Must(TensorPrimitives.IsFiniteAll<float>(tensor.Values.AsSpan()), $"its tensor '{name}' holds values that are not finite");
            Must(
                name != TrainingCheckpoints.OptimizerPrefix + OptimizerState.Square || !tensor.Values.Items.Any(value => value < 0),
                $"its tensor '{name}' holds means of squares below 0");
        }

        Must(tensors.Count == expected.Count, $"its tensor '{tensors.FirstOrDefault(tensor => !expected.ContainsKey(tensor.Name))?.Name}' is unexpected");
    }

    private static long Batches(TrainingState state, int epoch, CheckpointedRun run) =>
        run.Job.Training.CountBatches(run.Options.BatchSize, state.Derived(epoch));

    private static long Steps(long batches, CheckpointedRun run) =>
        (batches + run.Options.AccumulationSteps - 1) / run.Options.AccumulationSteps;

    private static bool Amounts(params ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!(value >= 0 && double.IsFinite(value)))
                return false;
        }

        return true;
    }

    private static void Must(bool holds, FormattableString otherwise)
    {
        if (!holds)
            throw new FormatException(FormattableString.Invariant(otherwise) + ".");
    }
}
