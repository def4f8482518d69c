using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The linear head of <see cref="LinearOnStatistics"/>: solved on statistics divided by their standard deviation over the training rows;
/// its weights then include this scaling.
/// </summary>
/// <param name="linear">The architecture.</param>
/// <param name="job">The training and validation rows.</param>
/// <param name="head">The head after the statistics.</param>
/// <param name="batchSize">Rows per batch.</param>
/// <param name="checkCancelled">Called regularly, to check for cancellation.</param>
internal sealed class StatisticsHead(LinearOnStatistics linear, TrainingJob job, SolvedHead head, int batchSize, Action checkCancelled)
{
    private static readonly double[] Penalties = [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5];

    /// <summary>The caller holds the dispose scope.</summary>
    /// <returns>W, [p, m], and b, [1, m], and a description of the solution.</returns>
    public (Tensor Weight, Tensor Bias, string Solved) Solve()
    {
        bool areNumbers = job.Objective is RegressionObjective;
        (Tensor weight, Tensor bias, double penalty) = areNumbers ? Numbers() : Classes();
        string chosen = linear.Penalty is not null ? "as given" : job.Validation is not null ? "of the least validation error"
            : areNumbers ? "by generalised cross-validation" : "by the number of rows";
        string kind = areNumbers ? "least squares" : "logistic regression";
        return (weight, bias, FormattableString.Invariant($"{kind} on {weight.shape[0]} statistics, λ = {penalty:G3} {chosen}"));
    }

    private (Tensor Weight, Tensor Bias, double Penalty) Numbers()
    {
        SecondMoments training = Moments(job.Training);
        Tensor deviation = training.Deviations();
        var solution = new RidgeSolution(training.Over(deviation));
        double penalty = linear.Penalty ?? solution.Choose(job.Validation is { } apart ? Moments(apart).Over(deviation) : null);
        (Tensor weight, Tensor bias) = solution.Solve(penalty);
        return (weight / deviation.unsqueeze(1), bias, penalty);
    }

    private (Tensor Weight, Tensor Bias, double Penalty) Classes()
    {
        (Tensor x, Tensor y, Tensor? weights) = All(job.Training);
        Tensor shares = (weights ?? ones_like(y)) / (weights ?? ones_like(y)).sum(); // [N, 1]
        Tensor mean = (shares * x).sum([0]), deviation = SecondMoments.Deviations(mean, (shares * x.Square()).sum([0]));
        LogisticRegression Of((Tensor X, Tensor Y, Tensor? Weights) rows) =>
            new((rows.X - mean) / deviation, rows.Y.squeeze(1), rows.Weights, head.Outputs);
        LogisticRegression training = Of((x, y, weights));
        LogisticRegression? judge = linear.Penalty is null && job.Validation is { } apart ? Of(All(apart)) : null;
        double[] penalties = linear.Penalty is { } given ? [given] : judge is null ? [1.0 / x.shape[0]] : Penalties;
        Tensor? last = null;
        (Tensor solved, double penalty) = penalties.Select(penalty => (last = training.Solve(penalty, last, checkCancelled), penalty)).ToArray()
            .MinBy(one => judge?.Loss(one.Item1) ?? 0);
        // For features that are not standardised: W divided by the deviation, and b minus the contribution of the means.
        Tensor weight = solved.narrow(0, 0, x.shape[1]) / deviation.unsqueeze(1);
        return (weight, solved.narrow(0, x.shape[1], 1) - mean.unsqueeze(0).mm(weight), penalty);
    }

    private (Tensor X, Tensor Y, Tensor? Weights) All(IBatchSource source) => SecondMoments.All(source, head, batchSize, checkCancelled);

    private SecondMoments Moments(IBatchSource source) => SecondMoments.Of(source, head, batchSize, checkCancelled);
}
