using Microsoft.ML;
using MLNet.Sequence.Comparison;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>The order in which the trainings of a comparison begin.</summary>
[TestClass]
public sealed class ComparedTrainingsTests
{
    private static readonly (string Name, int Round, double Cost)[] Requested =
        [("a", 0, 1), ("b", 0, 3), ("c", 0, 2), ("a", 1, 1), ("b", 1, 3), ("c", 1, 2)];

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_longest_begin_first_and_their_models_have_the_requested_order()
    {
        var begun = new List<string>();
        SequenceModel[] models = Trainings(atOnce: 1, begun.Add).Run(Requested.Select(Training));
        CollectionAssert.AreEqual(new[] { "b 1", "b 2", "c 1", "c 2", "a 1", "a 2" }, begun.Distinct().ToArray());
        CollectionAssert.AreEqual(Requested.Select(one => Size(one.Name)).ToArray(), models.Select(model => ((Linear)model.Architecture).Size).ToArray());
    }

    [TestMethod]
    public void Rounds_begin_one_after_the_other_until_one_is_not_to_be_begun()
    {
        var begun = new List<string>();
        var rounds = new List<int>();
        bool Begins(int round)
        {
            rounds.Add(round);
            return round < 2;
        }

        SequenceModel[] models = Trainings(atOnce: 1, begun.Add).Run([.. Requested.Select(Training), Training(("d", 2, 9))], Begins);
        CollectionAssert.AreEqual(new[] { "b 1", "c 1", "a 1", "b 2", "c 2", "a 2" }, begun.Distinct().ToArray());
        CollectionAssert.AreEqual(new[] { 1, 2 }, rounds);
        Assert.HasCount(6, models);
    }

    [TestMethod]
    public void A_round_begins_while_the_last_training_of_the_one_before_still_runs()
    {
        using var next = new ManualResetEventSlim();
        // The first training waits until the training of the next round has begun on the free thread.
        SequenceModel[] models = Trainings(atOnce: 2, told =>
        {
            if (told == "a 1")
                Assert.IsTrue(next.Wait(TimeSpan.FromMinutes(1)));
        }).Run([Training(("a", 0, 1)), Training(("a", 1, 1))], _ =>
        {
            next.Set();
            return true;
        });
        Assert.HasCount(2, models);
    }

    private ComparedTrainings Trainings(int atOnce, Action<string> told)
    {
        IDataView rows = TinyForecasting.View(_ml, TinyForecasting.Steps(60));
        var options = new CompareOptions
        {
            TrainingsAtOnce = atOnce,
            TrainOn = false,
            Progress = new Listener(progress => told($"{progress.Model} {progress.Round}")),
        };
        return new ComparedTrainings(new SequenceHost(_ml, "Test"), TinyForecasting.BriefTraining, options, rows);
    }

    private ComparedTraining Training((string Name, int Round, double Cost) asked)
    {
        var task = new ComparedForecasting(new SequenceHost(_ml, "Test"), TinyForecasting.Options, seasonality: 1);
        return new ComparedTraining(task, new Linear { Size = Size(asked.Name) }, asked.Name, asked.Round) { Cost = asked.Cost };
    }

    private static int Size(string name) => name[0] - 'a' + 1;

    private sealed class Listener(Action<CompareProgress> heard) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value) => heard(value);
    }
}
