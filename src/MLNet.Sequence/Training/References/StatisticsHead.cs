using MLNet.Sequence.Architectures;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The linear head of <see cref="LinearOnStatistics"/>: solved on statistics in units of their deviation over the training rows, which its weights
/// then contain.
/// </summary>
/// <param name="linear">The architecture.</param>
/// <param name="job">Rows that are trained on and validated on.</param>
/// <param name="head">The head behind the statistics.</param>
/// <param name="batchSize">Rows that are read together.</param>
/// <param name="checkCancelled">Called now and then.</param>
internal sealed class StatisticsHead(LinearOnStatistics linear, TrainingJob job, SolvedHead head, int batchSize, Action checkCancelled)
{
    private static readonly double[] Penalties = [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5];

    /// <summary>The caller holds the dispose scope.</summary>
    /// <returns>W, [p, m], and b, [1, m], and what was done, in words.</returns>
    public (Tensor Weight, Tensor Bias, string Solved) Solve()
    {
        SecondMoments training = Moments(job.Training);
        Tensor deviation = training.Deviations();
        (Tensor weight, Tensor bias, double penalty) = job.Objective is RegressionObjective ? Numbers(training, deviation) : Classes(training, deviation);
        string kind = job.Objective is RegressionObjective ? "least squares" : "logistic regression";
        string chosen = linear.Penalty is not null ? "as given" : job.Validation is not null ? "of the least validation error"
            : job.Objective is RegressionObjective ? "by generalised cross-validation" : "by the number of rows";
        return (weight / deviation.unsqueeze(1), bias, FormattableString.Invariant($"{kind} on {training.Features} statistics, λ = {penalty:G3} {chosen}"));
    }

    private (Tensor Weight, Tensor Bias, double Penalty) Numbers(SecondMoments training, Tensor deviation)
    {
        var solution = new RidgeSolution(training.Over(deviation));
        double penalty = linear.Penalty ?? solution.Choose(job.Validation is { } apart ? Moments(apart).Over(deviation) : null);
        (Tensor weight, Tensor bias) = solution.Solve(penalty);
        return (weight, bias, penalty);
    }

    private (Tensor Weight, Tensor Bias, double Penalty) Classes(SecondMoments training, Tensor deviation)
    {
        Tensor mean = training.Means();
        LogisticRegression Of(IBatchSource source)
        {
            (Tensor x, Tensor y, Tensor? weights) = SecondMoments.All(source, head, batchSize, checkCancelled);
            return new LogisticRegression((x - mean) / deviation, y.squeeze(1), weights, head.Outputs);
        }

        LogisticRegression rows = Of(job.Training);
        (Tensor Weights, double Penalty) solved;
        if (linear.Penalty is null && job.Validation is { } apart)
        {
            LogisticRegression judge = Of(apart);
            Tensor? last = null;
            solved = Penalties.Select(penalty => (Weights: last = rows.Solve(penalty, last, checkCancelled), penalty)).ToArray().MinBy(one => judge.Loss(one.Weights));
        }
        else
        {
            double penalty = linear.Penalty ?? 1 / training.Weight;
            solved = (rows.Solve(penalty, null, checkCancelled), penalty);
        }

        Tensor weight = solved.Weights.narrow(0, 0, training.Features), bias = solved.Weights.narrow(0, training.Features, 1);
        // Of what is not standardised: b − W (mean / deviation)
        return (weight, bias - (mean / deviation).unsqueeze(0).mm(weight), solved.Penalty);
    }

    private SecondMoments Moments(IBatchSource source) => SecondMoments.Of(source, head, batchSize, checkCancelled);
}
