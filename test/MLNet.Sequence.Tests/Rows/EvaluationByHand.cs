using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>The seven measures of forecasts of Load and Price from their definitions, over a list of all errors.</summary>
internal sealed class EvaluationByHand(List<Step> rows, List<Step> history, int season)
{
    private const int Targets = 2;

    /// <summary>The deviation of each target over the training rows.</summary>
    public required double[] Deviation { get; init; }

    /// <summary>The value one or more seasons before, from a row up to the origin; null if there is no whole season before it.</summary>
    public float[]? Seasonal(int row, int length)
    {
        List<Step> past = [.. rows.Take(row + 1).Where(step => step.Series == rows[row].Series)];
        if (past.Count < length)
            return null;
        var forecast = new List<float>();
        for (int ahead = 1; ahead <= TinyForecasting.Horizon; ahead++)
        {
            int seasonsBack = (ahead + length - 1) / length;
            Step at = past[past.Count - 1 + ahead - seasonsBack * length];
            forecast.AddRange([at.Load, at.Price]);
        }

        return [.. forecast];
    }

    /// <summary>The mean over the windows that the model can forecast and whose horizon is known.</summary>
    public Result Score(Func<int, float[]?> forecasts, float[][] actuals)
    {
        var terms = new List<Term>();
        int count = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            int past = rows.Take(row + 1).Count(step => step.Series == rows[row].Series);
            if (past < TinyForecasting.Context || actuals[row].Any(float.IsNaN) || forecasts(row) is not { } forecast)
                continue;
            count++;
            for (int i = 0; i < forecast.Length; i++)
                terms.Add(new Term(i / Targets, i % Targets, forecast[i], actuals[row][i], Scale(rows[row].Series, i % Targets)));
        }

        return new Result(count, terms, Deviation);
    }

    private double Scale(string series, int target)
    {
        double[] values = [.. history.Where(step => step.Series == series).Select(step => (double)(target == 0 ? step.Load : step.Price))];
        return Enumerable.Range(season, values.Length - season).Average(t => Math.Abs(values[t] - values[t - season]));
    }

    internal sealed record Term(int Step, int Target, double Forecast, double Actual, double Scale)
    {
        public double Error => Math.Abs(Forecast - Actual);
    }

    internal sealed record Result(int Count, List<Term> Terms, double[] Deviation)
    {
        public double[] Of(int? step, int? target)
        {
            Term[] terms = [.. Terms.Where(term => term.Step == (step ?? term.Step) && term.Target == (target ?? term.Target))];
            double mse = terms.Average(term => term.Error * term.Error);
            return
            [
                terms.Average(term => term.Error),
                mse,
                Math.Sqrt(mse),
                100 * terms.Average(term => term.Error == 0 ? 0 : 2 * term.Error / (Math.Abs(term.Actual) + Math.Abs(term.Forecast))),
                terms.Average(term => term.Error / term.Scale),
                terms.Average(term => Math.Pow(term.Error / Deviation[term.Target], 2)),
                terms.Average(term => term.Error / Deviation[term.Target]),
            ];
        }
    }
}
