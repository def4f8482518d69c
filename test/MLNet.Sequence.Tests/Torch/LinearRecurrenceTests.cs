using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>The scan in blocks against the sequential formula h_t = a_t h_(t−1) + b_t.</summary>
[TestClass]
public sealed class LinearRecurrenceTests
{
    private const int Rows = 2, Channels = 3;

    // Around one block, around two blocks (up to which steps are computed in turn), one and two levels of blocks, and the longest promised
    // length.
    private static readonly int[] Lengths = [1, 2, 15, 16, 17, 32, 33, 48, 100, 512, 513, 530, 2048];

    // Factors that forget at once, slowly or never, and values between.
    private static readonly (string Name, Func<RandomStream, double> Draw)[] Factors =
    [
        ("small", random => (float)(0.01 * random.NextDouble())),
        ("large", random => (float)(1 - 0.001 * random.NextDouble())),
        ("any", random => (float)random.NextDouble()),
        ("signed", random => (float)(2 * random.NextDouble() - 1)),
        ("zero or one", random => random.NextDouble() < 0.5 ? 0 : 1),
    ];

    [TestInitialize]
    public void Load() => TorchRuntime.EnsureLoaded();

    [TestMethod]
    public void Values_are_those_of_the_sequential_formula_in_both_precisions() => ForEachCase((factors, terms, what) =>
    {
        double[] start = [.. Enumerable.Range(0, Rows * Channels).Select(i => i - 2.5)];
        foreach (double[]? first in new[] { null, start })
        {
            double[] expected = Sequential(factors, terms, first);
            Close.AssertEqual(expected, Run(factors, terms, first, ScalarType.Float64), 1e-13, what);
            // A sum that forgets nothing grows with the square root of its length, and so does its rounding.
            Close.AssertEqual(expected, Run(factors, terms, first, ScalarType.Float32), 2e-6, $"{what} in single precision");
        }
    });

    [TestMethod]
    public void Gradients_are_those_of_the_adjoint_recurrence() => ForEachCase((factors, terms, what) =>
    {
        // With L = Σ c_t h_t: u_t = c_t + a_(t+1) u_(t+1), ∂L/∂b_t = u_t, ∂L/∂a_t = u_t h_(t−1).
        int steps = terms.Length / (Rows * Channels);
        double[] ones = [.. terms.Select((_, i) => Math.Cos(i))], h = Sequential(factors, terms, null);
        double[] u = new double[terms.Length], byFactor = new double[terms.Length];
        for (int i = terms.Length - 1; i >= 0; i--)
        {
            int t = i / Channels % steps;
            u[i] = ones[i] + (t == steps - 1 ? 0 : factors[i + Channels] * u[i + Channels]);
            byFactor[i] = t == 0 ? 0 : u[i] * h[i - Channels];
        }

        using var scope = NewDisposeScope();
        Tensor a = Of(factors, ScalarType.Float64).requires_grad_(true), b = Of(terms, ScalarType.Float64).requires_grad_(true);
        (LinearRecurrence.Run(a, b, null) * Of(ones, ScalarType.Float64)).sum().backward();
        Close.AssertEqual(u, NetworkProbe.ToArray(b.grad!), 1e-13, $"{what}: terms");
        // With a single step, its factor multiplies nothing.
        double[] found = steps == 1 && a.grad is null ? new double[byFactor.Length] : NetworkProbe.ToArray(a.grad!);
        Close.AssertEqual(byFactor, found, 1e-13, $"{what}: factors");
    });

    [TestMethod]
    public void Gradients_agree_with_finite_differences()
    {
        double[] factors = Draw(40 * Rows * Channels, Factors[2].Draw, seed: 3), terms = Draw(factors.Length, random => random.NextNormal(), seed: 4);
        using var scope = NewDisposeScope();
        Tensor a = Of(factors, ScalarType.Float64).requires_grad_(true);
        LinearRecurrence.Run(a, Of(terms, ScalarType.Float64), null).Square().sum().backward();
        double[] gradient = NetworkProbe.ToArray(a.grad!);
        for (int i = 0; i < factors.Length; i++)
        {
            const double step = 1e-6;
            double slope = (Squares(i, step) - Squares(i, -step)) / (2 * step);
            Assert.AreEqual(slope, gradient[i], 1e-6 * Math.Max(1, Math.Abs(slope)), $"factor {i}");
        }

        double Squares(int index, double difference)
        {
            double[] moved = [.. factors];
            moved[index] += difference;
            return Sequential(moved, terms, null).Sum(value => value * value);
        }
    }

    [TestMethod]
    public void Rows_may_share_their_factors()
    {
        double[] shared = Draw(100 * Channels, Factors[2].Draw, seed: 5), terms = Draw(Rows * shared.Length, random => random.NextNormal(), seed: 6);
        using var scope = NewDisposeScope();
        Tensor factors = tensor(shared, [1, 100, Channels]).to(TestDevice.Current);
        double[] found = NetworkProbe.ToArray(LinearRecurrence.Run(factors, Of(terms, ScalarType.Float64), null));
        Close.AssertEqual(Sequential([.. shared, .. shared], terms, null), found, 1e-13, "shared factors");
    }

    private static void ForEachCase(Action<double[], double[], string> check)
    {
        foreach (int steps in Lengths)
        {
            foreach ((string name, Func<RandomStream, double> draw) in Factors)
                check(Draw(steps * Rows * Channels, draw, seed: 1), Draw(steps * Rows * Channels, random => (float)random.NextNormal(), seed: 2),
                    $"{steps} steps, {name} factors");
        }
    }

    private static double[] Sequential(double[] factors, double[] terms, double[]? start)
    {
        var h = new double[terms.Length];
        int row = terms.Length / Rows;
        for (int i = 0; i < terms.Length; i++)
        {
            bool first = i % row < Channels;
            double before = first ? start?[i / row * Channels + i % row] ?? 0 : h[i - Channels];
            h[i] = factors[i] * before + terms[i];
        }

        return h;
    }

    private static double[] Run(double[] factors, double[] terms, double[]? start, ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor? first = start is null ? null : tensor(start, [Rows, 1, Channels]).to(type, TestDevice.Current);
        return NetworkProbe.ToArray(LinearRecurrence.Run(Of(factors, type), Of(terms, type), first));
    }

    private static Tensor Of(double[] values, ScalarType type) =>
        tensor(values, [Rows, values.Length / (Rows * Channels), Channels]).to(type, TestDevice.Current);

    private static double[] Draw(int count, Func<RandomStream, double> draw, long seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, count).Select(_ => draw(random))];
    }
}
