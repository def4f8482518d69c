using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Tests.Training;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static MLNet.Sequence.Tests.Certificates.UntrainedModels;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>A model that is trained with a limit is always certified by it.</summary>
[TestClass]
public sealed class StableTrainingTests
{
    private const int Trainings = 60, Steps = 25, Rows = 4, Length = 12;

    [TestMethod]
    public void The_certificate_of_a_trained_model_is_never_above_its_limit()
    {
        for (int number = 0; number < Trainings; number++)
        {
            var random = new RandomStream(number);
            Architecture architecture = Draw(random, out double limit);
            SequenceModel model = Trained(architecture, random, range: null);
            MemoryCertificate certificate = model.Certificate;
            Assert.IsTrue(certificate.IsCertified, $"training {number}, {architecture}: {certificate}");
            Assert.IsLessThanOrEqualTo(limit, certificate.Lambda!.Value, $"training {number}, {architecture}");
            Assert.IsFalse(certificate.AssumesInputRange, $"training {number}, {architecture}");
        }
    }

    private static Architecture Draw(RandomStream random, out double limit)
    {
        int units = 1 + (int)random.NextInt64(20), layers = 1 + (int)random.NextInt64(2);
        limit = new[] { 0.2, 0.5, 0.9, 0.95, 0.999 }[random.NextInt64(5)];
        var start = (RecurrentInitialization)random.NextInt64(3);
        return random.NextInt64(4) switch
        {
            0 => new StableRnn { HiddenSize = units, Layers = layers, Lambda = limit, Recurrent = start, Projection = SpectralProjection.SingularValues },
            1 => new StableRnn { HiddenSize = units, Layers = layers, Lambda = limit, Recurrent = start },
            2 => new StableLstm { HiddenSize = units, Layers = layers, Lambda = limit, InputBound = 1 + random.NextInt64(5) },
            _ => new StableGru { HiddenSize = units, Layers = layers, Lambda = limit, InputBound = 1 + random.NextInt64(5) },
        };
    }

    // Learning rates and clipping with which weights move far, on targets that no model can fit.
    private static SequenceModel Trained(Architecture architecture, RandomStream random, float? range)
    {
        SequenceModel first = Make(architecture, NextStep(2), range: range);
        var options = new TrainingOptions
        {
            Optimizer = random.NextInt64(2) == 0 ? new Adam() : new Sgd(),
            ClipNorm = random.NextInt64(2) == 0 ? null : 1,
        };
        using NetworkProbe probe = NetworkProbe.InFloat32(first.Network, first.Weights);
        using var step = new GivenStep(probe.Network, new ForecastingObjective(), options);
        double rate = Math.Pow(10, 3 * random.NextDouble() - 3);
        for (int i = 0; i < Steps; i++)
        {
            using var scope = NewDisposeScope();
            SequenceBatch input = SequenceBatch.Random(Rows, Length, 2, seed: i), target = SequenceBatch.Random(Rows, Length, 2, seed: 1000 + i);
            Tensor Of(SequenceBatch batch) => tensor(batch.Floats, [Rows, Length, 2]).clone();
            step.Accumulate(new Batch(Of(input), Of(target).Mul(5), Rows), 1, maskSeed: i);
            step.Advance(rate);
        }

        return new SequenceModel(architecture, first.Task, probe.Network.ReadWeights(), first.Scaling, first.Report) { InputRange = first.InputRange };
    }
}
