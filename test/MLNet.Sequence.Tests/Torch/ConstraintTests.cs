using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Training;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Projections end inside their set, leave values inside it unchanged, and move the others as defined.</summary>
[TestClass]
public sealed class ConstraintTests
{
    private const int Inputs = 3;
    private static readonly double[] Limits = [0.3, 0.8, 0.95, 0.999];

    [TestMethod]
    public void Singular_values_above_the_limit_become_the_limit_and_all_else_stays()
    {
        foreach (int units in new[] { 1, 2, 17, 128 })
        {
            foreach (double limit in Limits)
            {
                Weights before = Weights(Rnn(units, limit), seed: units, size: 3), after = Projected(Rnn(units, limit), before);
                using var scope = NewDisposeScope();
                Tensor matrix = Matrix(before, units);
                (Tensor u, Tensor s, Tensor v) = linalg.svd(matrix, fullMatrices: false);
                Assert.IsGreaterThan(limit, s[0].item<double>());
                Tensor expected = u.mm(diag(s.Clamp(0, limit))).mm(v);
                Close.AssertEqual(NetworkProbe.ToArray(expected), NetworkProbe.ToArray(Matrix(after, units)), 2e-4, $"{units} units, λ {limit}");
                Assert.IsLessThanOrEqualTo(limit, Norm(after, units), $"{units} units");
            }
        }
    }

    [TestMethod]
    public void Power_iteration_ends_at_a_multiple_inside_the_set()
    {
        foreach (int units in new[] { 1, 2, 17, 128 })
        {
            foreach (double limit in Limits)
            {
                Layer layer = Rnn(units, limit, SpectralProjection.PowerIteration);
                Weights before = Weights(layer, seed: units, size: 3), after = Projected(layer, before);
                float[] from = before["weight_hh"].Values.Items, to = after["weight_hh"].Values.Items;
                double factor = to[0] / from[0];
                Close.AssertEqual([.. from.Select(value => factor * value)], Close.Doubles(to), 1e-6, $"{units} units");
                Assert.IsLessThanOrEqualTo(limit, Norm(after, units), $"{units} units");
                // n^(1/256), and the margin for rounding.
                Assert.IsGreaterThan(limit * 0.98, Norm(after, units), $"{units} units");
            }
        }
    }

    [TestMethod]
    public void The_upper_bound_is_never_below_the_spectral_norm_and_close_to_it()
    {
        for (int seed = 1; seed <= 200; seed++)
        {
            using var scope = NewDisposeScope();
            int units = 1 + seed % 40;
            Tensor matrix = Matrix(Weights(Rnn(units, 0.5), seed, size: Math.Pow(10, seed % 7 - 3)), units).to_type(ScalarType.Float32);
            double norm = linalg.svd(matrix.to_type(ScalarType.Float64), fullMatrices: false).S[0].item<double>();
            double bound = SpectralConstraint.UpperBound(matrix.t().mm(matrix));
            Assert.IsGreaterThan(norm * (1 - 2e-6), bound, $"{units} units");
            Assert.IsLessThan(norm * Math.Pow(units, 1.0 / 256) * (1 + 2e-6), bound, $"{units} units");
        }
    }

    [TestMethod]
    public void Every_unit_of_an_Lstm_ends_within_the_limit()
    {
        ForEachGated((units, contraction) => new LstmLayer(units) { Contraction = contraction }, UnitBounds.Lstm);
    }

    [TestMethod]
    public void Every_unit_of_a_Gru_ends_within_the_limit()
    {
        ForEachGated((units, contraction) => new GruLayer(units) { Contraction = contraction }, UnitBounds.Gru);
    }

    [TestMethod]
    public void Values_inside_the_set_are_not_changed_by_a_bit()
    {
        foreach (double limit in Limits)
        {
            foreach (Layer layer in new Layer[] { Rnn(9, limit), Rnn(9, limit, SpectralProjection.PowerIteration), Lstm(9, limit), Gru(9, limit) })
            {
                for (int seed = 1; seed <= 20; seed++)
                {
                    Weights inside = Projected(layer, Weights(layer, seed, size: 1));
                    CollectionAssert.AreEqual(Values(inside), Values(Projected(layer, inside)), $"{layer}");
                }
            }
        }
    }

    [TestMethod]
    public void Training_begins_inside_the_set()
    {
        foreach (Layer layer in new Layer[] { Rnn(6, 0.5), Lstm(6, 0.5), Gru(6, 0.5) })
        {
            Weights first = Weights(layer, seed: 1, size: 1);
            using NetworkProbe probe = NetworkProbe.InFloat32(layer, Inputs, first);
            using var step = new GivenStep(probe.Network, new ForecastingObjective(), new TrainingOptions());
            CollectionAssert.AreEqual(Values(Projected(layer, first)), Values(probe.Network.ReadWeights()), $"{layer}");
        }
    }

    [TestMethod]
    public void Layers_without_a_limit_are_not_constrained()
    {
        foreach (Layer layer in new Layer[] { new RnnLayer(3), new LstmLayer(3), new GruLayer(3) })
        {
            using NetworkProbe probe = NetworkProbe.InFloat32(layer, Inputs, Weights(layer, seed: 1, size: 1));
            Assert.IsEmpty(probe.Network.Constraints);
        }
    }

    private static void ForEachGated(Func<int, Contraction, Layer> make, Func<Weights, double, double> bound)
    {
        foreach (int units in new[] { 1, 3, 40 })
        {
            foreach (double limit in Limits)
            {
                for (int seed = 1; seed <= 25; seed++)
                {
                    double inputs = seed % 2 == 0 ? 4 : 1;
                    Layer layer = make(units, new Contraction(limit) { InputBound = inputs });
                    Weights after = Projected(layer, Weights(layer, seed, size: Math.Pow(10, seed % 5 - 2)));
                    Assert.IsLessThanOrEqualTo(limit, bound(after, inputs), $"{layer}, seed {seed}");
                }
            }
        }
    }

    private static RnnLayer Rnn(int units, double limit, SpectralProjection projection = SpectralProjection.SingularValues) =>
        new(units) { Contraction = new Contraction(limit) { Projection = projection } };

    private static LstmLayer Lstm(int units, double limit) => new(units) { Contraction = new Contraction(limit) { InputBound = 4 } };

    private static GruLayer Gru(int units, double limit) => new(units) { Contraction = new Contraction(limit) { InputBound = 4 } };

    private static Weights Weights(Layer layer, int seed, double size) => Initializer.Draw(
        layer.AllWeights(Inputs).Select(spec => spec with { Initializer = new Initializer.Normal(size) }), new RandomStream(seed));

    private static Weights Projected(Layer layer, Weights weights)
    {
        using NetworkProbe probe = NetworkProbe.InFloat32(layer, Inputs, weights);
        foreach (ITorchConstraint constraint in probe.Network.Constraints)
            constraint.Project();
        return probe.Network.ReadWeights();
    }

    private static Tensor Matrix(Weights weights, int units) =>
        tensor([.. weights["weight_hh"].Values.Select(value => (double)value)], [units, units]);

    private static double Norm(Weights weights, int units)
    {
        using var scope = NewDisposeScope();
        return linalg.svd(Matrix(weights, units), fullMatrices: false).S[0].item<double>();
    }

    private static float[] Values(Weights weights) => [.. weights.SelectMany(weight => weight.Values)];
}
