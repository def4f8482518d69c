using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Logistic regression with a penalty on large weights: min Σ w (−ln p of the true class) + λ / 2 ‖W‖², which is convex, by L-BFGS (Liu and
/// Nocedal 1989) on all rows at once, in double. A single output is the logit of yes; several outputs are one logit per class. The
/// intercept is not penalised.
/// </summary>
internal sealed class LogisticRegression
{
    private const int Remembered = 10, MostSteps = 300;
    private const double SmallestSlope = 1e-8, Decrease = 1e-4, ShortestStep = 1e-10;

    private readonly Tensor _inputs, _right, _weights;
    private readonly int _outputs;

    /// <summary>The caller holds the dispose scope.</summary>
    /// <param name="inputs">[N, p].</param>
    /// <param name="labels">The class, from 0; or 1 for yes and 0 for no; [N].</param>
    /// <param name="weights">The weight of each row, [N, 1]; null: all equal.</param>
    /// <param name="outputs">m: 1, or the number of classes.</param>
    public LogisticRegression(Tensor inputs, Tensor labels, Tensor? weights, int outputs)
    {
        _outputs = outputs;
        _inputs = cat([inputs, ones(inputs.shape[0], 1, ScalarType.Float64)], 1); // [N, p + 1]
        _right = outputs == 1 ? labels.view(-1, 1) : nn.functional.one_hot(labels.to_type(ScalarType.Int64), outputs).to_type(ScalarType.Float64);
        Tensor weighed = weights ?? ones(inputs.shape[0], 1, ScalarType.Float64);
        _weights = weighed / weighed.sum();
    }

    /// <summary>The weights with the smallest loss, [p + 1, m], the intercept last.</summary>
    /// <param name="penalty">λ.</param>
    /// <param name="start">Weights to begin at; null: zeros.</param>
    /// <param name="checkCancelled">Called before each step.</param>
    public Tensor Solve(double penalty, Tensor? start, Action checkCancelled)
    {
        Tensor at = start ?? zeros(_inputs.shape[1], _outputs, ScalarType.Float64);
        (double loss, Tensor slope) = Measure(at, penalty);
        var steps = new List<(Tensor Step, Tensor Turn, double Curvature)>();
        for (int i = 0; i < MostSteps && slope.abs().max().item<double>() > SmallestSlope; i++)
        {
            checkCancelled();
            Tensor direction = Direction(slope, steps);
            double fall = Dot(direction, slope), length = 1;
            (double Loss, Tensor Slope) next = Measure(at.Add(direction), penalty);
            while (!(next.Loss <= loss + Decrease * length * fall) && length > ShortestStep)
            {
                length /= 2;
                next = Measure(at.Add(direction, length), penalty);
            }

            // No shorter step lowers the loss: rounding allows no more.
            if (!(next.Loss < loss))
                break;
            Tensor step = direction.Mul(length), turn = next.Slope - slope;
            if (Dot(step, turn) is var curvature and > 0)
                steps.Add((step, turn, curvature));
            if (steps.Count > Remembered)
                steps.RemoveAt(0);
            (at, loss, slope) = (at.Add(step), next.Loss, next.Slope);
        }

        return at;
    }

    /// <summary>The mean loss of weights, without a penalty.</summary>
    public double Loss(Tensor weights) => Losses(_inputs.mm(weights));

    private (double Loss, Tensor Slope) Measure(Tensor weights, double penalty)
    {
        Tensor logits = _inputs.mm(weights), said = _outputs == 1 ? logits.sigmoid() : logits.softmax(1);
        Tensor penalised = cat([weights.narrow(0, 0, weights.shape[0] - 1), zeros(1, _outputs, ScalarType.Float64)], 0);
        Tensor slope = _inputs.t().mm(_weights * (said - _right)).Add(penalised, penalty);
        return (Losses(logits) + penalty / 2 * Dot(penalised, penalised), slope);
    }

    private double Losses(Tensor logits)
    {
        Tensor all = _outputs == 1 ? logits.logaddexp(zeros_like(logits)) : logits.logsumexp(1, keepdim: true);
        return (_weights * (all - (logits * _right).sum(1, keepdim: true))).sum().item<double>();
    }

    // The gradient multiplied by the inverse curvature, estimated from the last steps (two-loop recursion).
    private static Tensor Direction(Tensor slope, List<(Tensor Step, Tensor Turn, double Curvature)> steps)
    {
        Tensor direction = slope.neg();
        var parts = new double[steps.Count];
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            parts[i] = Dot(steps[i].Step, direction) / steps[i].Curvature;
            direction = direction.Add(steps[i].Turn, -parts[i]);
        }

        direction = direction.Mul(steps.Count == 0 ? 1 / Math.Max(1, Math.Sqrt(Dot(slope, slope))) : steps[^1].Curvature / Dot(steps[^1].Turn, steps[^1].Turn));
        for (int i = 0; i < steps.Count; i++)
            direction = direction.Add(steps[i].Step, parts[i] - Dot(steps[i].Turn, direction) / steps[i].Curvature);
        return direction;
    }

    private static double Dot(Tensor a, Tensor b) => (a * b).sum().item<double>();
}
