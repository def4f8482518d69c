using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>Processes whose best forecast is known: by their equations, or by the Kalman filter.</summary>
internal static class Processes
{
    // The number of steps before the first kept one, so that a stationary process has forgotten its start.
    private const int Before = 1_000;

    /// <summary>y_t = level + e_t.</summary>
    public static KnownPath Noise(RandomStream random, int rows, double level) => Make(random, rows, (_, _, _) => level);

    /// <summary>y_t = y_{t−1} + drift + e_t, from 0.</summary>
    public static KnownPath Walk(RandomStream random, int rows, double drift) => Make(random, rows, (y, _, t) => t == 0 ? 0 : y[t - 1] + drift, before: 0);

    /// <summary>y_t = Σ φ_i y_{t−i} + e_t, each factor at its lag.</summary>
    public static KnownPath Autoregression(RandomStream random, int rows, params (int Lag, double Factor)[] terms) =>
        Make(random, rows, (y, _, t) => terms.Sum(term => t >= term.Lag ? term.Factor * y[t - term.Lag] : 0));

    /// <summary>y_t = φ y_{t−1} + e_t + θ e_{t−1}: the errors of the Kalman filter converge to the innovations e_t, like (−θ)^t.</summary>
    public static KnownPath AutoregressionOfAverages(RandomStream random, int rows, double phi, double theta) =>
        Make(random, rows, (y, e, t) => t == 0 ? 0 : phi * y[t - 1] + theta * e[t - 1]);

    /// <summary>
    /// A random-walk level with observation noise: ℓ_t = ℓ_{t−1} + q u_t, y_t = ℓ_t + e_t. The best forecast is that of the Kalman filter:
    /// exponential smoothing with a converging factor (Durbin and Koopman 2012, section 2.2).
    /// </summary>
    public static KnownPath LocalLevel(RandomStream random, int rows, double q)
    {
        (double[] values, double[] best) = (new double[rows], new double[rows]);
        (double level, double filtered, double variance) = (0, 0, 1e6);
        for (int t = 0; t < rows; t++)
        {
            level += q * random.NextNormal();
            values[t] = level + random.NextNormal();
            variance += q * q;
            best[t] = filtered;
            double gain = variance / (variance + 1);
            (filtered, variance) = (filtered + gain * (values[t] - filtered), variance * (1 - gain));
        }

        return new KnownPath(values, best);
    }

    /// <summary>y_t = 3.9 y_{t−1} (1 − y_{t−1}), plus observation noise that does not enter the state.</summary>
    public static KnownPath Logistic(RandomStream random, int rows, double noise)
    {
        (double[] values, double[] best) = (new double[rows], new double[rows]);
        double state = 0.1 + 0.8 * random.NextDouble();
        for (int t = 0; t < rows; t++)
        {
            // The noise enters the state, which is kept inside (0, 1), so the last value holds all information.
            double next = 3.9 * state * (1 - state);
            double seen = noise == 0 ? next : Math.Clamp(next + noise * random.NextNormal(), 0.001, 0.999);
            (values[t], best[t], state) = (seen, next, seen);
        }

        return new KnownPath(values, best);
    }

    private static KnownPath Make(RandomStream random, int rows, Func<double[], double[], int, double> expected, int before = Before)
    {
        int all = rows + before;
        (double[] values, double[] best, double[] noise) = (new double[all], new double[all], new double[all]);
        for (int t = 0; t < all; t++)
        {
            noise[t] = random.NextNormal();
            best[t] = expected(values, noise, t);
            values[t] = best[t] + noise[t];
        }

        return new KnownPath(values[before..], best[before..]);
    }
}
