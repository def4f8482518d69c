using System.Globalization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The counterpart of the training loop for references: computes their weights and a report, which has only epoch 0, before any step. On
/// the CPU, without random numbers.
/// </summary>
internal sealed class ClosedForm(
    Reference reference, SequenceTask task, NetworkPlan plan, TrainingJob job, TrainingOptions options)
{
    private const int MostFeatures = 16_384;

    private readonly SolvedHead _head = SolvedHead.Of(plan);

    /// <exception cref="InvalidOperationException">There are too many lags to solve for.</exception>
    public (Weights Weights, TrainingReport Report) Run()
    {
        var threads = new ThreadChoice(options.Threads ?? 1, options.Threads is null ? "of a closed form" : "as asked");
        using TorchThreads running = TorchThreads.Use(threads.Threads);
        long start = options.Clock.GetTimestamp();
        (Weights weights, string solved) = reference switch
        {
            Ridge ridge => Solve(ridge),
            LinearOnStatistics linear => Solve(linear),
            _ => Repeat(task.Series!),
        };
        EpochReport measured = Measure(weights) with { Seconds = options.Clock.GetElapsedTime(start).TotalSeconds };
        var state = new TrainingState { Seed = job.Seed, Seconds = measured.Seconds };
        state.Finish(measured);
        return (weights, TrainingSummary.Make(state, job, options, ("cpu", threads.ToString(), $"Solved in closed form: {solved}.", 0)));
    }

    // A forecast repeats a step of the context, or no step, which gives the mean of the series. With drift, the mean change is added for
    // each step ahead.
    private (Weights Weights, string Solved) Repeat(Forecasting forecasting)
    {
        int targets = forecasting.TargetChannels.Count, channels = forecasting.InputSize, features = reference.Steps(forecasting.Context) * channels;
        double[] steps = reference is Drift ? ((WindowBatches)job.Training).MeanSteps() : new double[targets];
        float[] weight = new float[_head.Outputs * features], bias = new float[_head.Outputs];
        for (int output = 0; output < bias.Length; output++)
        {
            (int before, int target) = Math.DivRem(output, targets);
            bias[output] = (float)((before + 1) * steps[target]);
            if (reference.Repeated(before + 1) is { } back)
                weight[(output + 1) * features - (back + 1) * channels + target] = 1;
        }

        string mean = string.Join(", ", steps.Select(step => FormattableString.Invariant($"{step:G4}")));
        return (_head.With(weight, bias), reference is Drift ? $"a mean step of {mean} deviations" : "its weights are given");
    }

    private (Weights Weights, string Solved) Solve(Ridge ridge)
    {
        int features = _head.Features.OutputSize(task.InputSize);
        if (features > MostFeatures)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"Ridge solves for up to {MostFeatures} weights of an output; {reference.Steps(task.ContextLength)} lags of {task.InputSize} channels are "
                    + $"{features}. Set Ridge.Lags."));
        using var scope = NewDisposeScope();
        RidgeSolution[] solutions = [.. Moments(job.Training).Select(moments => new RidgeSolution(moments))];
        double penalty = ridge.Penalty ?? RidgeSolution.Choose(solutions, job.Validation is { } apart ? Moments(apart) : null);
        (Tensor Weight, Tensor Bias)[] maps = [.. solutions.Select(solution => solution.Solve(penalty))];
        // K × [p, H] → [p, H · K]
        Tensor weight = stack([.. maps.Select(map => map.Weight)], 2).flatten(1), bias = stack([.. maps.Select(map => map.Bias)], 2).flatten(1);
        string chosen = ridge.Penalty is not null ? "as given" : job.Validation is null ? "by generalised cross-validation" : "of the least validation error";
        return (_head.With(Floats(weight.t()), Floats(bias)), FormattableString.Invariant($"least squares on {features} inputs, λ = {penalty:G3} {chosen}"));
    }

    private (Weights Weights, string Solved) Solve(LinearOnStatistics linear)
    {
        using var scope = NewDisposeScope();
        (Tensor weight, Tensor bias, string solved) = new StatisticsHead(linear, job, _head, options.BatchSize, CheckCancelled).Solve();
        return (_head.With(Floats(weight.t()), Floats(bias)), solved);
    }

    private SecondMoments[] Moments(IBatchSource source) => SecondMoments.ByUnit(source, _head, options.BatchSize, CheckCancelled);

    // The losses of the objective. They differ from the minimised ones if the objective does not use squared errors.
    private EpochReport Measure(Weights weights)
    {
        using var network = new TorchNetwork(plan, CPU, weights);
        var alone = new Ranks(cluster: null, threads: 1);
        (double? training, _) = Validation.Measure(network, job with { Validation = job.Training }, options, alone, CheckCancelled);
        (double? validation, Dictionary<string, double> metrics) = Validation.Measure(network, job, options, alone, CheckCancelled);
        return new EpochReport
        {
            Epoch = 0,
            Step = 0,
            Loss = training!.Value,
            ValidationLoss = validation,
            Metrics = metrics,
            LearningRate = 0,
            GradientNorm = 0,
            Seconds = 0,
            SamplesPerSecond = 0,
        };
    }

    private void CheckCancelled()
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        job.CheckCancelled();
    }

    private static float[] Floats(Tensor values) => values.to_type(ScalarType.Float32).contiguous().data<float>().ToArray();
}
