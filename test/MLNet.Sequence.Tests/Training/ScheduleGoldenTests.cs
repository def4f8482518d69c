using System.Text.Json;
using MLNet.Sequence.Tests.Goldens;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Learning rates before each step, against PyTorch's schedules.</summary>
[TestClass]
public sealed class ScheduleGoldenTests
{
    [TestMethod]
    public void Cosine_is_PyTorchs_annealing()
    {
        AssertEqual("cosine", new CosineSchedule(), totalSteps: 40);
        AssertEqual("cosineToATenth", new CosineSchedule { FinalFactor = 0.1 }, totalSteps: 40);
    }

    [TestMethod]
    public void One_cycle_is_PyTorchs_in_two_phases()
    {
        AssertEqual("oneCycle", new OneCycleSchedule(), totalSteps: 100);
        AssertEqual("oneCycleShort", new OneCycleSchedule { Rise = 0.45, StartDivisor = 10, FinalDivisor = 100 }, totalSteps: 23);
    }

    [TestMethod]
    [DataRow(1, 0.3)]
    [DataRow(2, 0.3)]
    [DataRow(3, 0.3)]
    [DataRow(4, 0.3)]
    [DataRow(5, 0.3)]
    [DataRow(7, 0.3)]
    [DataRow(4, 0.9)]
    [DataRow(3, 0.05)]
    public void One_cycle_of_few_steps_follows_PyTorchs_formula(int total, double rise)
    {
        var schedule = new OneCycleSchedule { Rise = rise };
        for (int step = 0; step < total; step++)
        {
            // OneCycleLR.get_lr: phases end at pct_start · total − 1 and at total − 1, each from where the one before it ends, the first from 0.
            double peak = rise * total - 1;
            (double from, double to, double begin, double end) phase = step <= peak ? (1.0 / 25, 1, 0, peak) : (1, 1.0 / 25 / 1e4, peak, total - 1);
            double part = (step - phase.begin) / (phase.end - phase.begin);
            double expected = phase.to + (phase.from - phase.to) / 2 * (1 + Math.Cos(Math.PI * part));
            Assert.AreEqual(expected, schedule.Factor(new TrainingMoment(step, total, [])), 1e-6, $"step {step} of {total}");
        }
    }

    [TestMethod]
    [DataRow(0, 0.25)]
    [DataRow(1, 0.5)]
    [DataRow(3, 1)]
    [DataRow(15, 0.5)]
    [DataRow(99, 0.2)]
    public void The_inverse_root_rises_to_one_and_falls_with_the_root_of_the_step(long step, double expected) =>
        Assert.AreEqual(expected, new InverseRootSchedule { WarmUpSteps = 4 }.Factor(new TrainingMoment(step, 10, [])), 1e-12);

    [TestMethod]
    public void Steps_are_PyTorchs()
    {
        using Golden golden = Golden.Read("schedules");
        double[] expected = Golden.Numbers(golden.Root.GetProperty("step"));
        var schedule = new StepSchedule { Epochs = 3, Gamma = 0.1 };
        for (int epoch = 0; epoch < expected.Length; epoch++)
        {
            double found = schedule.Factor(new TrainingMoment(epoch * 7, 100, Epochs(new double[epoch])));
            Assert.AreEqual(expected[epoch], found, 1e-6 * expected[epoch], $"epoch {epoch}");
        }
    }

    [TestMethod]
    public void Cuts_on_a_plateau_are_PyTorchs()
    {
        using Golden golden = Golden.Read("schedules");
        double[] losses = Golden.Numbers(golden.Root.GetProperty("losses"));
        foreach (JsonElement plateau in golden.Root.GetProperty("plateaus").EnumerateArray())
        {
            var schedule = new PlateauSchedule
            {
                Patience = plateau.GetProperty("patience").GetInt32(),
                Gamma = plateau.GetProperty("gamma").GetSingle(),
                Threshold = plateau.GetProperty("threshold").GetSingle(),
            };
            double[] expected = Golden.Numbers(plateau.GetProperty("factors"));
            Assert.IsLessThan(1, expected[^1]);
            for (int epoch = 0; epoch < losses.Length; epoch++)
            {
                double found = schedule.Factor(new TrainingMoment(0, 100, Epochs(losses[..(epoch + 1)])));
                Assert.AreEqual(expected[epoch], found, 1e-6 * expected[epoch], $"{schedule}, epoch {epoch}");
            }
        }
    }

    [TestMethod]
    public void The_warm_up_of_a_cosine_rises_to_the_full_rate_in_equal_steps()
    {
        var schedule = new CosineSchedule { WarmUp = 0.1 };
        double[] factors = [.. Enumerable.Range(0, 6).Select(step => schedule.Factor(new TrainingMoment(step, 50, [])))];
        Close.AssertEqual([0.2, 0.4, 0.6, 0.8, 1, 1], factors, 1e-12, "warm-up and the first step after it");
    }

    // The end of a cosine is 0. There only the rounding of a factor of 1 is left.
    private static void AssertEqual(string name, Schedule schedule, int totalSteps)
    {
        using Golden golden = Golden.Read("schedules");
        double[] expected = Golden.Numbers(golden.Root.GetProperty(name));
        for (int step = 0; step < expected.Length; step++)
        {
            double found = schedule.Factor(new TrainingMoment(step, totalSteps, []));
            Assert.AreEqual(expected[step], found, 1e-6 * expected[step] + 1e-15, $"{name}, step {step}");
        }
    }

    private static EpochReport[] Epochs(double[] losses) =>
    [
        .. losses.Select((loss, i) => new EpochReport
        {
            Epoch = i + 1,
            Step = i,
            Loss = 100 - i, // ignored if there is a validation loss
            ValidationLoss = loss,
            LearningRate = 1,
            GradientNorm = 1,
            Seconds = 1,
            SamplesPerSecond = 1,
        }),
    ];
}
