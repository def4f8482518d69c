using MLNet.Sequence.Certificates;
using MLNet.Sequence.Torch;
using static MLNet.Sequence.Tests.Certificates.UntrainedModels;

namespace MLNet.Sequence.Tests.Certificates;

[TestClass]
public sealed class MemoryCertificateTests
{
    [TestMethod]
    public void A_feed_forward_model_forgets_all_beyond_its_receptive_field()
    {
        foreach ((Architecture architecture, int field) in new (Architecture, int)[]
        {
            (new Tcn { Channels = 3, KernelSize = 2, Levels = 3 }, 15),
            (new WaveNet { Channels = 2, SkipChannels = 2, Cycles = 1, Levels = 3 }, 9),
            (new WindowMlp { Window = 5, HiddenSize = 3 }, 5),
            (new Linear { Window = 7, Size = 2 }, 7),
            (new LstmNgram { Window = 6, HiddenSize = 3 }, 6),
            (new Truncated(new Gru { HiddenSize = 3 }, 9), 9),
        })
        {
            MemoryCertificate certificate = Make(architecture, NextStep()).Certificate;
            Assert.IsTrue(certificate.IsCertified, $"{architecture}");
            Assert.AreEqual(field, certificate.ReceptiveField, $"{architecture}");
            Assert.AreEqual(0, certificate.ErrorAfter(field));
            Assert.AreEqual(double.PositiveInfinity, certificate.ErrorAfter(field - 1));
            Assert.AreEqual(field, certificate.StepsFor(1e-9));
            Assert.IsNull(certificate.Lambda);
            Assert.IsNull(certificate.Why);
            Assert.IsFalse(certificate.AssumesInputRange);
            StringAssert.Contains(certificate.ToString(), $"depends on the last {field} steps");
        }
    }

    [TestMethod]
    public void Of_one_tanh_unit_all_is_known_by_hand()
    {
        // h' = tanh(x + 0.5 h), y = 2 h, in units of 10.
        SequenceModel model = Make(new Rnn { HiddenSize = 1 }, NextStep(), (name, _) => name switch
        {
            "backbone.0.weight_ih" => [1],
            "backbone.0.weight_hh" => [0.5f],
            "head.weight" => [2],
            _ => [0],
        });
        MemoryCertificate certificate = model.Certificate;
        Assert.IsTrue(certificate.IsCertified);
        Assert.AreEqual(0.5, certificate.Lambda!.Value, 1e-9);
        Assert.AreEqual(1, certificate.StateBound!.Value, 1e-9);
        Assert.AreEqual(20, certificate.OutputLipschitz!.Value, 1e-8);
        Assert.IsNull(certificate.ReceptiveField);
        // Added is the rounding of float32: 4 spacings at the state's size, 1, in each step, which add up to 1 / (1 − λ) = 2 times as much.
        double rounding = 20 * 4 * Math.Pow(2, -23);
        foreach (int steps in new[] { 1, 2, 10, 40 })
        {
            double expected = 20 * Math.Pow(0.5, steps) + 2 * rounding * (1 - Math.Pow(0.5, steps));
            Assert.AreEqual(expected, certificate.ErrorAfter(steps), expected * 1e-8);
        }

        // 20 / 2^k ≤ 0.001 from k = log2(20,000) = 14.3 on.
        Assert.AreEqual(15, certificate.StepsFor(1e-3));
        Assert.AreSame(certificate, model.Certificate);
    }

    [TestMethod]
    public void The_best_norm_is_kept()
    {
        // Singular values 1.8 and 0.2, row sums the same; the Perron root of |R| is √(1.8 · 0.2) = 0.6.
        MemoryCertificate skewed = Tanh([0, 1.8f, 0.2f, 0]).Certificate;
        Assert.AreEqual(0.6, skewed.Lambda!.Value, 1e-4);
        StringAssert.StartsWith(skewed.Norm!, "weighted max norm of h");
        // A rotation by 45°, scaled by 0.9: its row sums are 1.27, and so is the Perron root.
        float side = (float)(0.9 * Math.Sqrt(0.5));
        MemoryCertificate turned = Tanh([side, -side, side, side]).Certificate;
        Assert.AreEqual(0.9, turned.Lambda!.Value, 1e-6);
        StringAssert.StartsWith(turned.Norm!, "Euclidean norm of h");
    }

    [TestMethod]
    public void An_lru_forgets_by_its_largest_radius_and_a_minimal_cell_by_its_gate()
    {
        SequenceModel lru = Make(new Lru { Channels = 3, States = 4, Layers = 2, MaxRadius = 0.9 }, NextStep());
        double radius = lru.Weights.Where(weight => weight.Name.EndsWith("nu_log", StringComparison.Ordinal))
            .SelectMany(weight => weight.Values).Max(nu => Math.Exp(-Math.Exp(nu)));
        Assert.AreEqual(radius, lru.Certificate.Lambda!.Value, 1e-9);
        Assert.IsFalse(lru.Certificate.AssumesInputRange);

        // 1 − z = σ(−(0.5 x + 0.1)) is largest at x = −2: σ(0.9).
        SequenceModel minimal = Make(new MinGru { HiddenSize = 1, Layers = 1 }, NextStep(), (name, count) => name switch
        {
            "backbone.0.weight" => [0.5f, 1],
            "backbone.0.bias" => [0.1f, 0],
            _ => [.. Enumerable.Repeat(1f, count)],
        });
        Assert.AreEqual(1 / (1 + Math.Exp(-0.9)), minimal.Certificate.Lambda!.Value, 1e-7);
        Assert.IsTrue(minimal.Certificate.AssumesInputRange);
        StringAssert.Contains(minimal.Certificate.ToString(), "within the range of the training rows");
    }

    [TestMethod]
    public void A_stack_forgets_as_its_slowest_layer_and_patches_once_in_a_stride()
    {
        MemoryCertificate stack = Make(new StableRnn { HiddenSize = 4, Layers = 2 }, NextStep(), Small).Certificate;
        MemoryCertificate single = Make(new StableRnn { HiddenSize = 4 }, NextStep(), Small).Certificate;
        Assert.IsLessThan(1, stack.Lambda!.Value);
        Assert.IsGreaterThanOrEqualTo(single.Lambda!.Value, stack.Lambda.Value);
        // After many steps errors fall by about the factor: the first layer still passes on a little.
        double[] errors = OfRealNumbers(Make(new StableRnn { HiddenSize = 4, Layers = 2 }, NextStep(), Small), 60);
        Assert.IsLessThan(stack.Lambda.Value * 1.03, errors[59] / errors[58]);

        SequenceModel patched = Make(new Patched(new StableRnn { HiddenSize = 1 }, length: 3, stride: 2), NextStep(), (name, count) =>
            name == "backbone.inner.0.weight_hh" ? [0.5f] : [.. Enumerable.Repeat(0.1f, count)]);
        Assert.AreEqual(Math.Sqrt(0.5), patched.Certificate.Lambda!.Value, 1e-6);
        StringAssert.Contains(patched.Certificate.Norm!, "one step in 2");
        errors = OfRealNumbers(patched, 42);
        Assert.AreEqual(0.5, errors[41] / errors[39], 1e-6);
    }

    [TestMethod]
    public void If_nothing_is_proved_it_says_why_and_what_can_be_done()
    {
        MemoryCertificate certificate = Make(new Lstm { HiddenSize = 32 }, NextStep()).Certificate;
        Assert.IsFalse(certificate.IsCertified);
        Assert.IsNull(certificate.Lambda);
        Assert.IsNull(certificate.StepsFor(1));
        Assert.AreEqual(double.PositiveInfinity, certificate.ErrorAfter(1000));
        StringAssert.Contains(certificate.Why!, "no contraction is proved of LstmLayer 'backbone.0'".Replace("no", "No", StringComparison.Ordinal));
        StringAssert.Contains(certificate.ToString(), "measured, not proved");
    }

    [TestMethod]
    public void Pooling_over_all_steps_forgets_none()
    {
        SequenceRegression Task(PoolingKind pooling) => new()
        {
            Input = NextStep().Input,
            Pooling = pooling,
            LongestSequence = 9,
            LabelScaling = new([0], [3]),
        };
        MemoryCertificate mean = Make(new StableRnn { HiddenSize = 3 }, Task(PoolingKind.Mean), Small).Certificate;
        Assert.IsFalse(mean.IsCertified);
        StringAssert.Contains(mean.Why!, "reads all steps of the sequence");
        MemoryCertificate last = Make(new StableRnn { HiddenSize = 3 }, Task(PoolingKind.LastStep), Small).Certificate;
        Assert.IsTrue(last.IsCertified);
    }

    [TestMethod]
    public void A_forecaster_sees_no_more_than_its_context()
    {
        MemoryCertificate plain = Make(new StableRnn { HiddenSize = 3 }, Forecasting(WindowNormalization.None), Small).Certificate;
        Assert.AreEqual(20, plain.ReceptiveField);
        Assert.IsLessThan(1, plain.Lambda!.Value);
        Assert.IsGreaterThan(0, plain.ErrorAfter(19));
        Assert.AreEqual(0, plain.ErrorAfter(20));
        Assert.IsFalse(Make(new Lstm(), Forecasting(WindowNormalization.None)).Certificate.IsCertified);
        Assert.AreEqual(20, Make(new Lstm(), Forecasting(WindowNormalization.None)).Certificate.StepsFor(1e-3));
    }

    [TestMethod]
    public void The_level_of_a_window_makes_its_memory_the_whole_context()
    {
        var tcn = new Tcn { Channels = 2, KernelSize = 2, Levels = 2 };
        MemoryCertificate normalized = Make(tcn, Forecasting(WindowNormalization.MeanAndDeviation)).Certificate;
        Assert.AreEqual(20, normalized.ReceptiveField);
        Assert.AreEqual(7, normalized.StepsFor(1e-3));
        StringAssert.Contains(normalized.ToString(), "the last 7 steps of a window whose level and scale read all 20 steps");
        Assert.AreEqual(7, Make(tcn, Forecasting(WindowNormalization.None)).Certificate.ReceptiveField);

        // Errors are multiplied by the window's deviation, at most half of the range: 2 of ±2. Inputs of at most √19 keep |h| below 1.
        MemoryCertificate none = Make(new StableRnn { HiddenSize = 3 }, Forecasting(WindowNormalization.None), Small).Certificate;
        MemoryCertificate scaled = Make(new StableRnn { HiddenSize = 3 }, Forecasting(WindowNormalization.MeanAndDeviation), Small).Certificate;
        Assert.IsLessThan(2 * none.ErrorAfter(5), scaled.ErrorAfter(5));
        Assert.IsGreaterThan(1.5 * none.ErrorAfter(5), scaled.ErrorAfter(5));
        Assert.IsTrue(scaled.AssumesInputRange);
        MemoryCertificate unknown = Make(new StableRnn { HiddenSize = 3 }, Forecasting(WindowNormalization.MeanAndDeviation), Small, range: null).Certificate;
        Assert.IsFalse(unknown.IsCertified);
        StringAssert.Contains(unknown.Why!, "does not say what range");
    }

    [TestMethod]
    public void Rounding_keeps_float32_runs_different_by_at_most_the_bound()
    {
        // 1 − z = σ(8.5) = .9998: after 200,000 steps a run from zeros is as close to an older run as float32 allows.
        SequenceModel model = Make(new MinGru { HiddenSize = 1, Layers = 1 }, NextStep(), (name, count) => name switch
        {
            "backbone.0.weight" => [0, 1],
            "backbone.0.bias" => [-8.5f, 0],
            "head.weight" => [1],
            _ => new float[count],
        });
        float[] before = [.. Enumerable.Repeat(20f, 200_000)], after = [.. Enumerable.Repeat(3f, 200_000)];
        double difference = 10 * Math.Abs((double)model.Managed.Run([.. before, .. after])[^1] - model.Managed.Run(after)[^1]);
        // With real numbers, the error is 17 · .9998^200000, about 10⁻¹⁶.
        Assert.IsGreaterThan(1e-4, difference);
        Assert.IsLessThanOrEqualTo(model.Certificate.ErrorAfter(100_000), difference);
        Assert.IsLessThan(0.1, model.Certificate.ErrorAfter(100_000));
        Assert.IsNull(model.Certificate.StepsFor(1e-6));
    }

    [TestMethod]
    public void A_factor_that_float32_rounds_to_1_is_not_stable()
    {
        foreach (Architecture architecture in new Architecture[] { new MinGru { HiddenSize = 1, Layers = 1 }, new MinLstm { HiddenSize = 1, Layers = 1 } })
        {
            MemoryCertificate Gate(float bias) => Make(architecture, NextStep(), (name, count) => name switch
            {
                // The gate that admits the candidate.
                "backbone.0.bias" => architecture is MinGru ? [-bias, 0] : [bias, -bias, 0],
                _ => new float[count],
            }).Certificate;
            Assert.IsTrue(Gate(9).IsCertified, $"{architecture}");
            Assert.IsFalse(Gate(20).IsCertified, $"{architecture}");
            StringAssert.Contains(Gate(20).Why!, "no contraction is proved".Replace("no", "No", StringComparison.Ordinal));
        }
    }

    [TestMethod]
    public void No_probability_is_bounded_by_more_than_1()
    {
        foreach (SequenceTask task in new SequenceTask[] { Tagging(TagDecoding.Steps), NextStep() with { Kind = StepKind.MultiLabel } })
        {
            SequenceModel model = Make(new StableRnn { HiddenSize = 3 }, task, (name, count) =>
                [.. Enumerable.Range(0, count).Select(i => name.StartsWith("head", StringComparison.Ordinal) ? 40f : 0.2f * MathF.Sin(i + count))]);
            Assert.AreEqual(1, model.Certificate.ErrorAfter(1), $"{task}");
            Assert.IsLessThan(0.1, model.Certificate.ErrorAfter(50), $"{task}");
        }
    }

    [TestMethod]
    public void Bad_questions_are_refused()
    {
        MemoryCertificate certificate = Tanh([0.5f, 0, 0, 0.5f]).Certificate;
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => certificate.ErrorAfter(0));
        foreach (double tolerance in new[] { 0, -1, double.NaN })
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => certificate.StepsFor(tolerance)).Message,
                "A tolerance must be above 0.");
    }

    // The error of one output after each step, in the network's units, without the rounding of float32.
    private static double[] OfRealNumbers(SequenceModel model, int steps)
    {
        DifferenceStep step = PlanBound.Of(model.Network, [ValueRange.Unknown(1)], new BoundedNetwork(model.Weights, null) { Spacing = 0 }).Start(Past.Unknown);
        return [.. Enumerable.Range(0, steps).Select(_ => step(Difference.None(1)).Channels[0])];
    }

    private static SequenceModel Tanh(float[] recurrent) => Make(new Rnn { HiddenSize = 2 }, NextStep(), (name, count) =>
        name == "backbone.0.weight_hh" ? recurrent : [.. Enumerable.Repeat(0.3f, count)]);

    private static float[] Small(string _, int count) => [.. Enumerable.Range(0, count).Select(i => 0.2f * MathF.Sin(i + count))];
}
