using MLNet.Sequence.Layers;
using static MLNet.Sequence.Tests.Certificates.UntrainedModels;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>A certificate claims nothing that it does not cover: outputs that read more steps than the network does, and NaN.</summary>
[TestClass]
public sealed class CertificateLimitsTests
{
    [TestMethod]
    public void A_chain_of_tags_reads_all_steps_and_only_its_scores_are_certified()
    {
        SequenceTagging task = Tagging(TagDecoding.Chain);
        // Neighbours have the same tag unless a score is strong: the effect of an early step is passed on from tag to tag.
        SequenceModel model = Make(new StableRnn { HiddenSize = 2 }, task, (name, count) => name switch
        {
            "head.chain.transitions" => [6, -6, -6, 6],
            "head.dense.weight" => [3, 0, -3, 0],
            _ when name.EndsWith("weight_ih", StringComparison.Ordinal) => [1, 0],
            _ => new float[count],
        });
        float[] far = [20, .. new float[20]], near = [-20, .. new float[20]];
        double moved = Math.Abs((double)model.Predict(far)[^1] - model.Predict(near)[^1]);
        Assert.IsGreaterThan(0.5, moved);
        MemoryCertificate certificate = model.Certificate;
        Assert.IsFalse(certificate.IsCertified);
        Assert.AreEqual(double.PositiveInfinity, certificate.ErrorAfter(20));
        Assert.IsNull(certificate.ReceptiveField);
        StringAssert.Contains(certificate.ToString(), "depends on every step of its sequence");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => model.Truncate(tolerance: 0.01)).Message, "conditional random field");
        Assert.IsTrue(certificate.Emissions!.IsCertified);
        Assert.IsLessThan(1, certificate.Emissions.Lambda!.Value);
        // The measured error is that of probabilities, given all steps.
        float[] cut = model.Truncate(steps: 3).Predict(far), whole = model.Predict(far);
        Assert.AreEqual(whole.Zip(cut, (one, two) => Math.Abs((double)one - two)).Max(), model.MeasureTruncation(3, [far]), 1e-6);
        MemoryCertificate convolution = Make(new Tcn { Channels = 2, KernelSize = 2, Levels = 1 }, task).Certificate;
        Assert.IsFalse(convolution.IsCertified);
        Assert.AreEqual(3, convolution.Emissions!.ReceptiveField);
        Assert.IsNull(Make(new StableRnn { HiddenSize = 2 }, Tagging(TagDecoding.Steps), Small).Certificate.Emissions);
    }

    [TestMethod]
    public void Interpolated_values_reach_past_the_receptive_field_and_the_certificate_says_so()
    {
        NextStep filled = NextStep() with { Input = NextStep().Input with { MissingValues = MissingValues.Interpolate } };
        SequenceModel model = Make(new Composed(new CausalConv(2, 3)), filled);
        float[] sequence = [0, .. Enumerable.Repeat(float.NaN, 9), 10], other = [20, .. Enumerable.Repeat(float.NaN, 9), 10];
        Assert.AreEqual(3, model.Certificate.ReceptiveField);
        Assert.AreNotEqual(model.Predict(sequence)[0], model.Predict(other)[0]);
        Assert.IsTrue(model.Certificate.AssumesNoMissingValues);
        StringAssert.Contains(model.Certificate.ToString(), "sequences without missing values");
        Assert.IsFalse(model.CertificateHolds(sequence));
        Assert.IsTrue(model.CertificateHolds([1, 2, 3]));
        Assert.IsFalse(Make(new Tcn { Channels = 2, KernelSize = 2, Levels = 1 }, NextStep()).Certificate.AssumesNoMissingValues);
    }

    [TestMethod]
    public void The_certificate_says_that_the_level_of_a_window_reads_steps_outside_the_bound()
    {
        foreach ((WindowNormalization kind, bool keeps) in new[] { (WindowNormalization.MeanAndDeviation, true), (WindowNormalization.LastValue, false),
            (WindowNormalization.None, false) })
        {
            SequenceModel model = Make(new StableRnn { HiddenSize = 3 }, Forecasting(kind, 60), Small);
            float[] window = [.. Enumerable.Range(0, 120).Select(i => MathF.Sin(i))], other = [18, .. window.Skip(1)];
            double moved = model.Forecast(window).Zip(model.Forecast(other), (one, two) => Math.Abs((double)one - two)).Max();
            MemoryCertificate certificate = model.Certificate;
            Assert.AreEqual(keeps, certificate.KeepsWindowStatistics, $"{kind}");
            Assert.AreEqual(keeps, certificate.ToString().Contains("level and scale of the window, which read all of it", StringComparison.Ordinal), $"{kind}");
            // The oldest of 60 values: it changes the level, and so the forecast, by more than the network's bound.
            Assert.AreEqual(keeps, moved > certificate.ErrorAfter(59), $"{kind}: {moved}");
        }
    }

    [TestMethod]
    public void A_convolution_without_a_direction_is_not_certified()
    {
        // 0 / ‖0‖ is NaN, and so is the output of the network.
        var layer = new Sequential(new RnnLayer(2), new CausalConv(2, 2) { WeightNormalized = true }, new Dense(1));
        SequenceModel model = Make(new Composed(layer), NextStep(), (name, count) =>
            name.EndsWith("weight_v", StringComparison.Ordinal) ? new float[count] : [.. Enumerable.Repeat(0.1f, count)]);
        Assert.IsTrue(float.IsNaN(model.Predict([1, 2, 3])[0]));
        Assert.IsFalse(model.Certificate.IsCertified);
        StringAssert.Contains(model.Certificate.Why!, "without a direction");
    }

    private static float[] Small(string _, int count) => [.. Enumerable.Range(0, count).Select(i => 0.2f * MathF.Sin(i + count))];
}
